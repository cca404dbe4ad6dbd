/** Milliseconds that no step takes even on a slow, busy machine: reaching it is a failure, not a measurement. */
export const AMPLE = 60_000
/** How long an instance counts after it was last heard of, in milliseconds. */
export const LEASE = 4_000
