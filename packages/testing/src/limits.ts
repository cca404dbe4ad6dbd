/** How long a test waits for what has to come; far longer than a well subject needs on a slow machine. */
export const PATIENCE_MS = 10_000

/** Longer than any step of a well subject takes, for contexts whose limit is not what is tested. */
export const AMPLE_MS = 20_000

/** In which a step has reached its backend. A frozen one tells nobody that it was reached, so there is no event for it. */
export const REACH_MS = 100

/** The limit of a close that cannot end by itself. */
export const CLOSE_LIMIT_MS = 1_000

/** By how much a busy machine may be late with it. */
export const LATE_MS = 1_000
