import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

import { untilAborted } from '@tidegate/core'
import type { Dependency, DependencyOptions } from '@tidegate/core'

import { LineClient } from './line-client.ts'
import { store } from './store.ts'

/** A dependency that breaks a promise. */
export interface Lie {
  make(client: LineClient, options: DependencyOptions): Dependency
  /** The tests that have to see it, each with what it says of it. */
  readonly seenBy: Readonly<Record<string, string>>
}

/** The honest store with something else in its place. */
const instead =
  (change: (client: LineClient, honest: Dependency) => Partial<Dependency>): Lie['make'] =>
  (client, options) => {
    const honest = store(client, options)
    return { ...honest, ...change(client, honest) }
  }

export const lies: Readonly<Record<string, Lie>> = {
  'has a name that no URL takes': {
    make: (client, options) => ({ ...store(client, options), name: options.name ?? 'My Store' }),
    seenBy: {
      'has a name by default, and takes another': "'My Store'",
    },
  },
  'knows better what is critical': {
    make: instead(() => ({ critical: true })),
    seenBy: {
      'hands on critical, dependsOn and limits': 'critical: true',
    },
  },
  'forgets what health says': {
    make: instead(() => ({ health: undefined })),
    seenBy: {
      'hands on what health says of its check': 'health: undefined',
    },
  },
  'fills in its options': {
    make: (client, options) => store(client, Object.assign(options, { name: options.name ?? 'store' })),
    seenBy: {
      'never writes to its options': 'Cannot add property name, object is not extensible',
    },
  },
  'takes whatever it is given': {
    make: (client, { name }) => ({ ...store(client), name: name ?? 'store' }),
    seenBy: {
      'refuses an option that there is not, by its name': 'Missing expected exception',
      'refuses a name that cannot stand in a URL': 'Missing expected exception',
      'names every fault of its options in one error': 'Missing expected exception',
    },
  },

  'wears its client out': {
    make: instead((client, honest) => ({
      async warmUp(context) {
        await honest.warmUp?.(context)
        await client.end()
      },
    })),
    seenBy: {
      'can be used once it is warm': 'the client has ended',
      'warms up and closes with its lifecycle': 'the client has ended',
    },
  },
  'is warm at once': {
    make: instead(() => ({ async warmUp() {} })),
    seenBy: {
      'is not warm before it can be used': 'it is warm while its backend answers nothing',
      'gives its warm-up up when the signal aborts, and leaves nothing of it behind':
        'it is warm while its backend answers nothing',
      'is not warm while the backend is down, and is when it is back': 'it is warm while its backend is down',
      'is ready by itself when its backend comes up after the service': 'an attempt to fail',
    },
  },
  'warms up for as long as it takes': {
    make: instead((client) => ({
      async warmUp() {
        await client.ask('ping')
      },
    })),
    seenBy: {
      'gives its warm-up up when the signal aborts, and leaves nothing of it behind':
        'a warm-up that was given up to settle',
    },
  },
  'forgets the connections of attempts that failed': {
    make: instead((client) => ({
      async warmUp({ signal }) {
        await untilAborted(new LineClient(client).ask('ping'), signal)
      },
    })),
    seenBy: {
      'gives its warm-up up when the signal aborts, and leaves nothing of it behind':
        'the backend to have at most 0 connections',
      'can be closed in the midst of its warm-up': '1 TCPWRAP made at LineClient.#open',
      'does not hold up a shutdown that comes while it warms up': 'waited',
    },
  },
  'tries to warm up only once': {
    make: instead((_client, honest) => {
      let attempt: Promise<void> | undefined
      return { warmUp: (context) => (attempt ??= honest.warmUp?.(context) ?? Promise.resolve()) }
    }),
    seenBy: {
      'is not warm while the backend is down, and is when it is back': 'ECONNREFUSED',
      'is ready by itself when its backend comes up after the service': 'the service to be ready',
    },
  },
  'tells its password': {
    make: instead((client) => {
      const ask = async (): Promise<void> => {
        await client.ask('ping').catch(() => {
          throw new Error(`nobody wants to hear ${client.password}`)
        })
      }
      return { warmUp: ask, check: ask }
    }),
    seenBy: {
      'is not warm while the backend is down, and is when it is back': 'a secret was told',
      'fails its check while the backend is down, says why, and tells no secret': 'a secret was told',
      'is ready by itself when its backend comes up after the service': 'a secret was told',
      'is seen failing when its backend stops, and well when it is back': 'a secret was told',
    },
  },

  'is never content': {
    make: instead(() => ({ check: () => ({ status: 'fail', message: 'it could be better' }) })),
    seenBy: {
      'passes its check while all is well': "'fail' !== 'pass'",
      'answers its check while users keep the whole client busy': "strictly unequal to:\n\n'fail'",
    },
  },
  'checks nothing': {
    make: instead(() => ({ check() {} })),
    seenBy: {
      'does not pass the check of a frozen backend, and gives it up when the signal aborts': "'pass' !== 'fail'",
      'fails its check while the backend is down, says why, and tells no secret': "'pass' !== 'fail'",
      'can be closed in the midst of its check, and asks nobody after it': "'pass' !== 'fail'",
      'is seen failing when its backend stops, and well when it is back': 'the dependency to be seen as fail',
    },
  },
  'checks for as long as it takes': {
    make: instead((client) => {
      const own = new LineClient(client)
      return {
        async check() {
          await own.ask('ping')
        },
      }
    }),
    seenBy: {
      'does not pass the check of a frozen backend, and gives it up when the signal aborts':
        'a check that was given up to settle',
      'has one connection for its check, however often a frozen backend was asked':
        'a check that was given up to settle',
      'leaves no connection and no timer once it is closed': 'the backend to have at most 0 connections',
    },
  },
  'forgets the connections of checks': {
    make: instead((client) => ({
      async check({ signal }) {
        await untilAborted(new LineClient(client).ask('ping'), signal)
      },
    })),
    seenBy: {
      'has one connection for its check, however often a frozen backend was asked':
        'the backend to have at most 2 connections',
      'gathers nothing over a hundred checks': 'the backend to have at most 2 connections',
      'leaves no connection and no timer once it is closed': 'the backend to have at most 0 connections',
      'leaves the client to its owner when close is false': 'the backend to have at most 1 connections',
    },
  },
  'listens on, check after check': {
    make: instead((_client, honest) => ({
      check(context) {
        // So that Node does not warn of it.
        setMaxListeners(0, context.signal)
        context.signal.addEventListener('abort', () => {})
        return honest.check?.(context)
      },
    })),
    seenBy: {
      'gathers nothing over a hundred checks': 'listeners were left on the signal',
    },
  },
  'leaves a timer, check after check': {
    make: instead((_client, honest) => ({
      check(context) {
        setTimeout(() => {}, 60_000)
        return honest.check?.(context)
      },
    })),
    seenBy: {
      'gathers nothing over a hundred checks': 'Timeout made at Object.check',
      'leaves no connection and no timer once it is closed': 'Timeout made at Object.check',
      'ends its close in time on a frozen backend, and holds nothing after it': 'Timeout made at Object.check',
      'ends its close in time after the backend has died, and holds nothing after it': 'Timeout made at Object.check',
    },
  },
  'fails without a word': {
    make: instead((_client, honest) => ({
      async check(context) {
        try {
          await honest.check?.(context)
        } catch {
          return { status: 'fail' }
        }
      },
    })),
    seenBy: {
      'fails its check while the backend is down, says why, and tells no secret':
        'the message of a fail has to say why, in words',
    },
  },
  'never forgives': {
    make: instead((_client, honest) => {
      let failed = false
      return {
        async check(context) {
          if (failed) throw new Error('it has failed before')
          failed = true
          await honest.check?.(context)
          failed = false
        },
      }
    }),
    seenBy: {
      'does not pass the check of a frozen backend, and gives it up when the signal aborts': 'the check to pass again',
      'passes its check again after a restart, and can be used': 'the check to pass again',
      'is seen failing when its backend stops, and well when it is back': 'the dependency to be seen as pass',
    },
  },
  'asks over the client of its users': {
    make: instead((client) => ({
      async check() {
        await client.ask('ping')
      },
    })),
    seenBy: {
      'answers its check while users keep the whole client busy': 'the check',
    },
  },

  'closes nothing': {
    make: instead(() => ({ async close() {} })),
    seenBy: {
      'leaves no connection and no timer once it is closed': 'the backend to have at most 0 connections',
      'lets work in flight end before it closes': 'the backend to have at most 0 connections',
      'can be closed twice': 'the backend to have at most 0 connections',
      'can be closed in the midst of its check, and asks nobody after it': '1 TCPWRAP made at LineClient.#open',
      'warms up and closes with its lifecycle': 'the backend to have at most 0 connections',
    },
  },
  'cuts off what is in flight': {
    make: instead((client, honest) => ({
      async close(context) {
        client.drop()
        await honest.close?.(context)
      },
    })),
    seenBy: {
      'lets work in flight end before it closes': 'the connection was dropped',
    },
  },
  'closes for as long as it takes': {
    make: instead((client) => ({ close: () => client.end() })),
    seenBy: {
      'ends its close in time when work in flight does not end': 'a close with 400 ms to settle',
      'ends its close at once when the signal aborts': 'the close to settle after its signal aborted',
      'ends its close in time on a frozen backend, and holds nothing after it': 'a close with 400 ms to settle',
      'can be closed in the midst of its check, and asks nobody after it': 'a close with 400 ms to settle',
    },
  },
  'closes when the signal says so, and no sooner': {
    make: instead((client) => ({
      close: ({ signal }) => untilAborted(client.end(), signal).catch(() => client.drop()),
    })),
    seenBy: {
      'ends its close in time when work in flight does not end': 'a close with 400 ms to settle',
      'ends its close in time on a frozen backend, and holds nothing after it': 'a close with 400 ms to settle',
    },
  },
  'closes within its limit, whatever the signal says': {
    make: instead((client) => ({
      async close({ remaining }) {
        const soon = AbortSignal.timeout(Math.floor(0.8 * remaining()))
        await untilAborted(client.end(), soon).catch(() => client.drop())
      },
    })),
    seenBy: {
      'ends its close at once when the signal aborts': 'the close to settle after its signal aborted',
    },
  },
  'says goodbye until it is heard': {
    make: instead((client) => ({
      async close({ remaining }) {
        const own = new LineClient(client)
        const end = performance.now() + 3 * remaining()
        while (performance.now() < end && !(await own.ask('goodbye').catch(() => false))) await pause(10)
        own.drop()
        client.drop()
      },
    })),
    seenBy: {
      'ends its close in time after the backend has died, and holds nothing after it': 'the close overran its 400 ms',
    },
  },
  'is angry when it is closed twice': {
    make: instead((_client, honest) => {
      let closed = false
      return {
        async close(context) {
          if (closed) throw new Error('it is closed already')
          closed = true
          await honest.close?.(context)
        },
      }
    }),
    seenBy: {
      'can be closed twice': 'it is closed already',
    },
  },
  'fails to close': {
    make: instead((_client, honest) => ({
      async close(context) {
        await honest.close?.(context)
        throw new Error('that went wrong')
      },
    })),
    seenBy: {
      'warms up and closes with its lifecycle': "outcome: 'failed'",
      'is seen failing when its backend stops, and well when it is back': "'failed'",
    },
  },
  'closes what it should leave': {
    make: (client, options) => store(client, { ...options, close: true }),
    seenBy: {
      'leaves the client to its owner when close is false': 'the client has ended',
    },
  },

  'connects when it is made': {
    make(client, options) {
      client.ask('ping').catch(() => {})
      return store(client, options)
    },
    seenBy: {
      'does nothing before its lifecycle starts': 'it opens something when it is made',
      // Whether the backend or the process is seen to have it first is a race.
      'leaves the client alone when its lifecycle never starts': 'waited',
    },
  },
  'listens to the process when it is made': {
    make(client, options) {
      process.once('tidegate-never', () => {})
      return store(client, options)
    },
    seenBy: {
      'does nothing before its lifecycle starts': 'it listens to the process when it is made',
    },
  },
}
