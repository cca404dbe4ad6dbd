/** Milliseconds that no step takes even on a slow, busy machine: reaching it is a failure, not a measurement. */
export const AMPLE = 20_000
