import type { Budget } from './budget.ts'

/** How long to go on serving before the listener closes, and why. */
export interface LameDuck {
  readonly ms: number
  readonly why: string
  /** It is for probers alone, and over as soon as all of them have heard. */
  readonly endsWhenHeard?: true
}

export interface LameDuckCircumstances {
  readonly budget: Pick<Budget, 'lameDuck' | 'linger' | 'deadline'>
  /** What this call asks for, in milliseconds, if it says anything; cut to what the budget leaves. */
  readonly asked: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly env: NodeJS.ProcessEnv
  /** Whether there is a server that requests could be routed to. */
  readonly hasServer: boolean
  /** Milliseconds since readiness was last asked for. */
  readonly sinceProbe: number | undefined
}

const PROBE_MEMORY_MS = 60_000

/** A lame duck helps only when somebody is there to hear that this instance is leaving. */
export function chooseLameDuck({ budget, asked, signal, env, hasServer, sinceProbe }: LameDuckCircumstances): LameDuck {
  const option = budget.lameDuck
  if (asked !== undefined) {
    const longest = Math.max(0, budget.deadline - budget.linger)
    return { ms: Math.min(asked, longest), why: 'asked for by shutdown()' }
  }
  if (signal === undefined) return { ms: 0, why: 'no signal, and none was asked for' }
  if (option === false) return { ms: 0, why: 'shutdown.lameDuck is false' }
  if (option.explicit) return { ms: option.ms, why: 'shutdown.lameDuck' }
  if (signal === 'SIGINT') return { ms: 0, why: 'SIGINT comes from a terminal' }
  // A queue worker: nobody would have to hear of it first. A server that is none of Node's asks `probe()`.
  if (!hasServer && sinceProbe === undefined) return { ms: 0, why: 'there is no server' }
  if (env['KUBERNETES_SERVICE_HOST']) return { ms: option.ms, why: 'running in Kubernetes' }
  if (env['ECS_CONTAINER_METADATA_URI_V4'] || env['ECS_CONTAINER_METADATA_URI']) {
    return { ms: option.ms, why: 'running in ECS' }
  }
  if (sinceProbe !== undefined && sinceProbe <= PROBE_MEMORY_MS) {
    return { ms: option.ms, why: 'readiness was asked for in the last 60 s', endsWhenHeard: true }
  }
  return { ms: 0, why: 'nobody has asked for readiness in the last 60 s' }
}
