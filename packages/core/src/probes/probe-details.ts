/** How much an answer tells: the verdict alone, names and states, or everything. */
export type ProbeDetails = 'none' | 'summary' | 'full'
