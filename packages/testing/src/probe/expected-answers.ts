import type { Answers } from './probe-stage.ts'

export const ALL_UP: Required<Answers> = { live: 'up', startup: 'up', ready: 'up', health: 'up' }

export const ONLY_ALIVE: Required<Answers> = { live: 'up', startup: 'down', ready: 'down', health: 'down' }

/** It has started and lives, and should get no requests. */
export const OUT_OF_ROTATION: Required<Answers> = { live: 'up', startup: 'up', ready: 'down', health: 'down' }
