/** What a recovery has to wait for is under way. */
export interface Recovery {
  /** It has failed again: nothing is waited for any more. */
  abort(): void
}

/** What {@link AskRecovery} calls back, never before it has returned. */
export interface RecoveryPlan {
  /** Whether it had not been well before: then nothing that was warm has grown cold by it. */
  readonly first: boolean
  /** How far it has come. */
  onProgress(message: string): void
  /** Nothing has to be waited for any more. Called once, and never after `abort`. */
  onOver(): void
}

/** Asked when a dependency's status is about to turn from `fail`; `undefined` when it may turn at once. */
export type AskRecovery = (name: string, plan: RecoveryPlan) => Recovery | undefined
