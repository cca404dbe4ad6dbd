import type { Lifecycle, ProbePaths } from '@tidegate/core'

/** What somebody outside can ask. */
export type ProbeKind = keyof ProbePaths

/** A conversation in which somebody outside asks. */
export interface Prober {
  /** Asks once, as the conversation does it. Rejects when nobody is there to answer. */
  ask(kind: ProbeKind): Promise<'up' | 'down'>
  /** Ends what the lifecycle does not end. Called when it has stopped. */
  close?(): Promise<unknown>
}

/**
 * Opens the conversation about a lifecycle that belongs to the suite: it starts it, unless a server that you attach and
 * open has, and shuts it down.
 */
export type ProberFactory = (lifecycle: Lifecycle) => Prober | Promise<Prober>

const PATHS: Readonly<Record<ProbeKind, string>> = {
  live: '/livez',
  ready: '/readyz',
  startup: '/startupz',
  health: '/healthz',
}

/** A prober that goes by the status of an answer to `GET /healthz` and the other paths. */
export function toProber(statusOf: (path: string) => number | undefined | Promise<number | undefined>): Prober {
  return {
    async ask(kind) {
      const status = await statusOf(PATHS[kind])
      if (status === 200) return 'up'
      if (status === 503) return 'down'
      throw new Error(`${PATHS[kind]} was answered with ${status}; a probe is answered with 200 or 503`)
    },
  }
}
