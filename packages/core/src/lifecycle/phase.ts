/** Where in its life the process is. It only ever moves forward, one step or more. */
export type Phase = 'idle' | 'warming' | 'ready' | 'draining' | 'closing' | 'stopped'

export const PHASES: readonly Phase[] = Object.freeze(['idle', 'warming', 'ready', 'draining', 'closing', 'stopped'])
