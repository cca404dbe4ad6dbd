/** Milliseconds granted to what was told to stop: until then nothing takes its place. */
export const GRACE = 1_000
