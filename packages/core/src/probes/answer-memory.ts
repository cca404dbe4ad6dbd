import type { HttpAnswer } from '../http-answer.ts'
import type { BuiltInForm } from './built-in-forms.ts'
import type { ProbeDetails } from './probe-details.ts'

/** Combinations of `?exclude` that are remembered; there are more than anybody asks for. */
const MOST_QUERIES = 64

/** Answers made once for each version of what they tell, however many ask. */
export class AnswerMemory {
  readonly #answers = new Map<BuiltInForm, Readonly<Record<ProbeDetails, Map<string, HttpAnswer>>>>()
  #version = -1
  #queries = 0

  /**
   * @param key what is asked for; of those with a query, which anybody may make up, only some are kept.
   */
  remember(
    version: number,
    form: BuiltInForm,
    details: ProbeDetails,
    key: string,
    hasQuery: boolean,
    make: () => HttpAnswer,
  ): HttpAnswer {
    if (version !== this.#version) this.#forget(version)
    const answers = this.#of(form)[details]
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = make()
    if (!hasQuery || this.#queries < MOST_QUERIES) {
      if (hasQuery) this.#queries += 1
      answers.set(key, answer)
    }
    return answer
  }

  #of(form: BuiltInForm): Readonly<Record<ProbeDetails, Map<string, HttpAnswer>>> {
    let answers = this.#answers.get(form)
    if (answers === undefined) {
      answers = { none: new Map(), summary: new Map(), full: new Map() }
      this.#answers.set(form, answers)
    }
    return answers
  }

  #forget(version: number): void {
    this.#version = version
    this.#queries = 0
    for (const { none, summary, full } of this.#answers.values()) for (const map of [none, summary, full]) map.clear()
  }
}
