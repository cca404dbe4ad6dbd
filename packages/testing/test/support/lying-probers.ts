import type { Lifecycle } from '@tidegate/core'

import { toProber } from '../../src/index.ts'
import type { ProbeKind, Prober } from '../../src/index.ts'

/** A conversation that breaks a promise, and the tests that have to see it. */
export interface ProberLie {
  make(lifecycle: Lifecycle): Prober
  readonly seenBy: readonly string[]
  /** What they say of it, besides that the answers are others. */
  readonly verdict?: string
}

const honest = (lifecycle: Lifecycle): Prober => toProber((url) => lifecycle.probe({ url })?.status)

/** Answers with something else than the honest one. */
const instead =
  (answer: (kind: ProbeKind, lifecycle: Lifecycle, ask: Prober['ask']) => ReturnType<Prober['ask']>) =>
  (lifecycle: Lifecycle): Prober => ({ ask: (kind) => answer(kind, lifecycle, honest(lifecycle).ask) })

export const proberLies: Readonly<Record<string, ProberLie>> = {
  'always finds everything up': {
    make: instead(async () => 'up'),
    seenBy: [
      'is alive and no more before the service has started',
      'is alive and no more while the service warms up, and everything once it is ready',
      'has started once the warm-up has completed, and is not ready before a critical check has passed',
      'is neither ready nor healthy while it is held',
      'is neither ready nor healthy from the call that begins to leave, and alive until it has left',
      'is unhealthy and stays ready when a critical dependency fails',
      "is not ready either when readiness follows critical dependencies 'always'",
      'is neither ready nor healthy when a critical local check fails',
      'is not alive when a local check fails that liveness hangs on',
    ],
  },
  'never finds anything up': {
    make: instead(async () => 'down'),
    seenBy: [
      'is alive and no more before the service has started',
      'is down or gone once the service has stopped, and does not hang',
      'answers at once while a check hangs',
      'makes no check run, however often it is asked',
    ],
  },
  'takes readiness for life': {
    make: instead((kind, _lifecycle, ask) => ask(kind === 'live' ? 'ready' : kind)),
    seenBy: [
      'is alive and no more before the service has started',
      'is neither ready nor healthy while it is held',
      'is neither ready nor healthy from the call that begins to leave, and alive until it has left',
      'is neither ready nor healthy when a critical local check fails',
    ],
  },
  'takes readiness for the start': {
    make: instead((kind, _lifecycle, ask) => ask(kind === 'startup' ? 'ready' : kind)),
    seenBy: [
      'has started once the warm-up has completed, and is not ready before a critical check has passed',
      'is neither ready nor healthy while it is held',
    ],
  },
  'takes health for readiness': {
    make: instead((kind, _lifecycle, ask) => ask(kind === 'ready' ? 'health' : kind)),
    seenBy: ['is unhealthy and stays ready when a critical dependency fails'],
  },
  'takes readiness for health': {
    make: instead((kind, _lifecycle, ask) => ask(kind === 'health' ? 'ready' : kind)),
    seenBy: ['is unhealthy and stays ready when a critical dependency fails'],
  },
  'thinks that every dependency is critical': {
    make: instead(async (kind, lifecycle, ask) => {
      const failing = Object.values(lifecycle.report().dependencies).some(({ status }) => status !== 'pass')
      return kind === 'health' && failing ? 'down' : ask(kind)
    }),
    seenBy: [
      'is up for everything when a dependency fails that is not critical',
      'is up for everything when a critical dependency warns',
    ],
  },
  'looks at the phase alone': {
    make: instead(async (kind, { phase }, ask) => {
      if (kind === 'live' || kind === 'startup') return ask(kind)
      return phase === 'ready' ? 'up' : 'down'
    }),
    seenBy: [
      'is neither ready nor healthy while it is held',
      'is unhealthy and stays ready when a critical dependency fails',
      'is neither ready nor healthy when a critical local check fails',
    ],
  },
  'hears late': {
    make(lifecycle) {
      const heard = new Map<ProbeKind, 'up' | 'down'>()
      return {
        async ask(kind) {
          const answer = await honest(lifecycle).ask(kind)
          const before = heard.get(kind) ?? answer
          heard.set(kind, answer)
          return before
        },
      }
    },
    seenBy: ['is neither ready nor healthy from the call that begins to leave, and alive until it has left'],
  },
  'finds a service up that has stopped': {
    make: instead(async (kind, { phase }, ask) => (phase === 'stopped' ? 'up' : ask(kind))),
    seenBy: ['is down or gone once the service has stopped, and does not hang'],
    verdict: 'ready is up',
  },
  'waits for the next check': {
    make: instead(async (kind, lifecycle, ask) => {
      if (lifecycle.ready) await new Promise((resolve) => lifecycle.on('check', resolve))
      return ask(kind)
    }),
    seenBy: ['answers at once while a check hangs', 'makes no check run, however often it is asked'],
    verdict: 'an answer about',
  },
  'waits for ever once the service has stopped': {
    make: instead((kind, { phase }, ask) => (phase === 'stopped' ? new Promise(() => {}) : ask(kind))),
    seenBy: ['is down or gone once the service has stopped, and does not hang'],
    verdict: 'from a service that has stopped',
  },
  'gives up when it is not ready': {
    make: instead(async (kind, lifecycle, ask) => {
      if (!lifecycle.ready) throw new Error('nobody is there')
      return ask(kind)
    }),
    seenBy: [
      'is alive and no more while the service warms up, and everything once it is ready',
      'is neither ready nor healthy while it is held',
      'is neither ready nor healthy from the call that begins to leave, and alive until it has left',
    ],
    verdict: 'nobody is there',
  },
}
