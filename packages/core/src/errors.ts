/** What went wrong, for programs. `docs/errors.md` says what each means and what to do. */
export type LifecycleErrorCode =
  /** Options that cannot work; thrown by `createLifecycle` with every fault it found. */
  | 'TIDEGATE_CONFIG'
  /** The warm-up ended without the service being ready. */
  | 'TIDEGATE_WARM_UP'
  /** A name that no dependency has. */
  | 'TIDEGATE_UNKNOWN_DEPENDENCY'
  /** A call that the phase does not allow, such as `listen` after `shutdown`. */
  | 'TIDEGATE_PHASE'
  /** A step that reached its limit. */
  | 'TIDEGATE_TIMEOUT'

/** Every error Tidegate throws. Tell them apart by `code`: several copies of the package may be installed. */
export class LifecycleError extends Error {
  override readonly name: string = 'LifecycleError'
  readonly code: LifecycleErrorCode

  constructor(code: LifecycleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
