/** Every pause between checks is up to this share longer or shorter, so that a fleet started at once spreads out. */
export const JITTER = 0.1
