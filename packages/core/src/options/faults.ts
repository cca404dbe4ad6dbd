import { LifecycleError } from '../errors.ts'

/** One thing that cannot work: where it is, what is wrong with it, and what to write instead. */
export interface Fault {
  readonly field: string
  readonly message: string
}

/** Gathers faults while options are read, so that one run of the program shows all of them. */
export interface Faults {
  /** How many there are: a reader compares it to know whether what it has read is sound. */
  readonly count: number
  add(field: string, message: string): void
  /** @throws {LifecycleError} `TIDEGATE_CONFIG`, a line for each fault, when there are any. */
  throwIfAny(): void
}

export function createFaults(): Faults {
  const faults: Fault[] = []
  return {
    get count() {
      return faults.length
    },
    add(field, message) {
      faults.push({ field, message })
    },
    throwIfAny() {
      if (faults.length === 0) return
      const lines = faults.map(({ field, message }) => `  ${field}: ${message}`)
      throw new LifecycleError(
        'TIDEGATE_CONFIG',
        ['createLifecycle was given options that cannot work:', ...lines].join('\n'),
      )
    },
  }
}
