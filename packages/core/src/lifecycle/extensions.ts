import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'

/** How the lifecycle speaks of what others add to it. */
export interface ExtensionKind<Answer> {
  /** Adds one: `addGate(gate)`. */
  readonly call: string
  readonly complaint: string
  /** @throws {TypeError} For an answer that nobody could use. */
  assertAnswer(answer: Answer): void
}

/** What others have added, asked in that order until one answers. */
export class Extensions<Question, Answer> {
  readonly #kind: ExtensionKind<Answer>
  readonly #logger: Logger
  readonly #added: Set<{ readonly ask: (question: Question) => Answer | undefined; complained: boolean }> = new Set()

  constructor(kind: ExtensionKind<Answer>, logger: Logger) {
    this.#kind = kind
    this.#logger = logger
  }

  get isEmpty(): boolean {
    return this.#added.size === 0
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(ask: (question: Question) => Answer | undefined): () => void {
    if (typeof ask !== 'function') throw new LifecycleError('TIDEGATE_CONFIG', `${this.#kind.call} needs a function`)
    const added = { ask, complained: false }
    this.#added.add(added)
    return () => this.#added.delete(added)
  }

  /** One that fails has no answer, and is told of once. */
  ask(question: Question): Answer | undefined {
    for (const added of this.#added) {
      try {
        const answer = added.ask(question)
        if (answer === undefined) continue
        this.#kind.assertAnswer(answer)
        return answer
      } catch (error) {
        if (!added.complained) this.#logger.error({ error: failureMessage(error) }, this.#kind.complaint)
        added.complained = true
      }
    }
    return undefined
  }
}
