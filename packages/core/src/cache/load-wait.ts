import type { WarmUpContext } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'
import { redact } from '../health/redact.ts'
import type { LockWait } from '../lock.ts'

/** What a load waits for before it begins, if anything. */
export class LoadWait {
  /** By the clock of the wall. */
  readonly since: string = new Date().toISOString()
  /** It does not end by itself. */
  isStuck = false
  #for: string | undefined
  #most = 0
  readonly #progress: WarmUpContext['progress']

  constructor({ progress }: Pick<WarmUpContext, 'progress'>) {
    this.#progress = progress
  }

  get for(): string | undefined {
    return this.#for
  }

  forLastLoad(): void {
    this.isStuck = true
    this.#for = 'the last load has not ended although its signal was aborted: hand the signal on to what it calls'
  }

  forLock(name: string, { before, error }: LockWait): void {
    this.isStuck = error !== undefined
    const asked = `it waits for the lock "${name}"`
    if (error !== undefined) {
      this.#for = `${asked}, which cannot be asked for: ${redact(error)}`
      if (this.#most === 0) this.#progress(0, 1, 'answers of the lock')
    } else {
      this.#for = before === undefined ? asked : `${asked}, with ${before} before it`
      if (before !== undefined) this.#say(before)
    }
  }

  over(): void {
    this.isStuck = false
    this.#for = undefined
    if (this.#most > 0) this.#say(0)
  }

  /** What the load fails with whose signal has aborted while it waited. */
  failure({ reason }: AbortSignal): unknown {
    const { code, message } = (reason ?? {}) as Partial<LifecycleError>
    if (code !== 'TIDEGATE_TIMEOUT' || this.#for === undefined) return reason
    return new LifecycleError(code, `${message} (${this.#for})`)
  }

  /** Its own load is one more turn. */
  #say(before: number): void {
    this.#most = Math.max(this.#most, before)
    this.#progress(this.#most - before, this.#most + 1, 'turns at the lock')
  }
}
