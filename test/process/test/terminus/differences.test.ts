import { describe, expect } from 'vitest'

import { failureOf } from '../../harness/failure-of.ts'
import { it } from '../../harness/it.ts'
import { OURS, runTerminus, THEIRS } from '../../harness/terminus.ts'
import type { TerminusPlan } from '../../harness/terminus.ts'

const args = (name: string, plan: TerminusPlan = {}): string[] => [name, JSON.stringify(plan)]

describe('@tidegate/terminus', () => {
  it('what the application throws is an uncaughtException', async ({ spawnProgram, request }) => {
    const crash = async (name: string): Promise<unknown> => {
      const program = spawnProgram('terminus/service', { args: args(name) })
      await failureOf(request(await program.port(), '/throw'))
      return [(await program.line('crashed'))['origin'], (await program.exit).code]
    }
    expect(await crash(THEIRS)).toEqual(['unhandledRejection', 1])
    expect(await crash(OURS)).toEqual(['uncaughtException', 1])
  })

  it('a beforeShutdown that throws at once ends the process as one that rejects', async ({ spawnProgram, request }) => {
    const heard = async (name: string, beforeShutdown: string): Promise<boolean> => {
      const plan = { hooks: { beforeShutdown }, alsoHeard: 'SIGTERM', signal: 'SIGTERM' } as const
      const { exit, said } = await runTerminus(name, plan, spawnProgram, request)
      expect(exit).toEqual({ code: 1, signal: null })
      return said.some((line) => (line as { readonly msg: string }).msg === 'also heard')
    }
    expect([await heard(THEIRS, 'throws'), await heard(THEIRS, 'rejects')]).toEqual([false, true])
    expect([await heard(OURS, 'throws'), await heard(OURS, 'rejects')]).toEqual([true, true])
  })

  it('the process ends when its last server has', async ({ spawnProgram, request }) => {
    const outcome = async (name: string, plan: TerminusPlan): Promise<unknown> => {
      const options = { ...plan.options, timeout: 20_000 }
      const program = spawnProgram('terminus/service', { args: args(name, { ...plan, options, servers: 2 }) })
      await program.line('listening', 2)
      const slow = request(await program.port(), '/slow').then(
        ({ body }) => body,
        () => 'cut',
      )
      await program.line('heard')
      program.signal('SIGTERM')
      await program.line('onSignal')
      program.endInput()
      return [await slow, await program.exit]
    }
    const exits = { hooks: { onSignal: 'resolves' }, options: { useExit0: true } }
    expect(await outcome(THEIRS, exits)).toEqual(['cut', { code: 0, signal: null }])
    expect(await outcome(OURS, exits)).toEqual(['served', { code: 0, signal: null }])
    const fails = { hooks: { onSignal: 'rejects' } }
    expect(await outcome(THEIRS, fails)).toEqual(['cut', { code: 1, signal: null }])
    expect(await outcome(OURS, fails)).toEqual(['served', { code: 1, signal: null }])
  })

  it('ends at most 5 s after a failure, whatever its other servers wait for', async ({ spawnProgram, request }) => {
    const plan = { servers: 2, hooks: { onSignal: 'rejects' }, options: { timeout: 600_000 } }
    const program = spawnProgram('terminus/service', { args: args(OURS, plan) })
    await program.line('listening', 2)
    const endless = failureOf(request(await program.port(), '/endless'))
    await program.line('heard')
    program.signal('SIGTERM')
    expect(await program.exit).toEqual({ code: 1, signal: null })
    await endless
  })

  it('dies by the signal when the last of two servers has stopped', async ({ spawnProgram, request }) => {
    for (const name of [THEIRS, OURS]) {
      const program = spawnProgram('terminus/service', {
        args: args(name, { servers: 2, options: { timeout: 20_000 } }),
      })
      await program.line('listening', 2)
      const slow = request(await program.port(), '/slow')
      await program.line('heard')
      program.signal('SIGTERM')
      program.endInput()
      expect([(await slow).body, await program.exit]).toEqual(['served', { code: null, signal: 'SIGTERM' }])
    }
  })
})

describe('what is off unless it is asked for', () => {
  it('a signal that comes again changes nothing, as with @godaddy/terminus', async ({ spawnProgram }) => {
    for (const name of [THEIRS, OURS]) {
      const plan = { hooks: { beforeShutdown: 'waits', onShutdown: 'resolves' }, options: { signals: ['SIGINT'] } }
      const program = spawnProgram('terminus/service', { args: args(name, plan) })
      await program.port()
      program.signal('SIGINT')
      await program.line('half a second later')
      program.signal('SIGINT')
      program.signal('SIGTERM')
      program.endInput()
      await program.line('onShutdown')
      expect(await program.exit).toEqual({ code: null, signal: 'SIGINT' })
    }
  })

  it('hookTimeout: a hook that hangs fails, and the process exits with 1', async ({ spawnProgram, request }) => {
    for (const hook of ['beforeShutdown', 'onSignal', 'onShutdown']) {
      const plan = { hooks: { [hook]: 'hangs' }, options: { tidegate: { hookTimeout: '100ms' } } } as const
      const { exit, said } = await runTerminus(OURS, { ...plan, signal: 'SIGTERM' }, spawnProgram, request)
      expect(exit).toEqual({ code: 1, signal: null })
      const error = `${hook} took longer than 100 ms`
      expect(said).toContainEqual({ msg: 'error happened during shutdown', error })
    }
  })

  it('escalate: SIGINT ends a shutdown that takes too long, if it is no echo of the first', async ({
    spawnProgram,
  }) => {
    const plan = { hooks: { beforeShutdown: 'waits' }, options: { signals: ['SIGINT'], tidegate: { escalate: true } } }
    const program = spawnProgram('terminus/service', { args: args(OURS, plan) })
    await program.port()
    program.signal('SIGINT')
    await program.line('beforeShutdown')
    program.signal('SIGINT')
    await program.line('half a second later')
    program.signal('SIGTERM')
    program.signal('SIGINT')
    expect(await program.exit).toEqual({ code: 130, signal: null })
  })

  it('hooksWithoutServer: hooks run where the server does not listen', async ({ spawnProgram, request }) => {
    const hooks = { beforeShutdown: 'waits', onSignal: 'resolves', onShutdown: 'resolves' }
    const plan = {
      hooks,
      isClosed: true,
      signal: 'SIGTERM',
      options: { tidegate: { hooksWithoutServer: true } },
    } as const
    const { exit, said } = await runTerminus(OURS, plan, spawnProgram, request)
    expect(exit).toEqual({ code: null, signal: 'SIGTERM' })
    expect(said).toContainEqual({ msg: 'onShutdown' })
  })
})

describe('a lifecycle of its own', () => {
  it.for([
    { hook: 'beforeShutdown', listens: true },
    { hook: 'onSignal', listens: true },
    { hook: 'onShutdown', listens: true },
    { hook: 'onSignal', listens: false },
  ])(
    'ends the process only after the hooks: $hook, listening: $listens',
    async ({ hook, listens }, { spawnProgram }) => {
      const hooks = { onShutdown: 'resolves', [hook]: 'waits' }
      const tidegate = { hooksWithoutServer: !listens }
      const plan = { hooks, besides: true, isClosed: !listens, options: { tidegate } }
      const program = spawnProgram('terminus/service', { args: args(OURS, plan) })
      await program.line(listens ? 'listening' : 'not listening')
      program.signal('SIGTERM')
      await program.line(hook)
      await program.line('the other has stopped')
      program.endInput()
      await program.exit
      expect(program.said('onShutdown')).toBe(true)
    },
  )

  it('does not hide that a hook has failed', async ({ spawnProgram }) => {
    const hooks = { beforeShutdown: 'waits', onSignal: 'rejects' }
    const program = spawnProgram('terminus/service', { args: args(OURS, { hooks, besides: true }) })
    await program.port()
    program.signal('SIGTERM')
    await program.line('the other has stopped')
    program.endInput()
    expect(await program.exit).toEqual({ code: 1, signal: null })
  })
})

describe('a step of the lifecycle', () => {
  it.for([
    { plan: { pool: { close: 'rejects', warmUp: 'resolves' } }, step: 'close of pool', told: 'close of pool failed' },
    { plan: { pool: { close: 'hangs', warmUp: 'resolves' } }, step: 'close of pool', told: 'close of pool overran' },
    { plan: { closeHook: 'rejects' }, step: 'close hook', told: 'close of close hook 1 failed' },
  ] as const)(
    'is told to the logger, and the process exits with 1: $told',
    async ({ plan, step, told }, { spawnProgram, request }) => {
      const hooks = { onSignal: 'resolves', onShutdown: 'resolves' }
      const { exit, said } = await runTerminus(OURS, { ...plan, hooks, signal: 'SIGTERM' }, spawnProgram, request)
      expect(exit).toEqual({ code: 1, signal: null })
      const lines = said as readonly { readonly msg: string; readonly error?: string }[]
      const order = lines
        .map(({ msg }) => msg)
        .filter((msg) => msg !== 'healthcheck failed' && msg !== 'warmUp of pool')
      expect(order).toEqual(['onSignal', 'onShutdown', step, told, 'error happened during shutdown'])
      expect(lines.at(-1)?.error).toContain(`the shutdown was not clean: ${told}`)
    },
  )

  it('that hangs while nothing else is left is named as the process ends, as it does with @godaddy/terminus', async ({
    spawnProgram,
    request,
  }) => {
    for (const name of [THEIRS, OURS]) {
      const plan = { hooks: { onSignal: 'hangs' }, signal: 'SIGTERM' } as const
      const { exit } = await runTerminus(name, plan, spawnProgram, request)
      expect(exit).toEqual({ code: 0, signal: null })
    }
    const program = spawnProgram('terminus/service', { args: args(OURS, { hooks: { onSignal: 'hangs' } }) })
    await program.port()
    program.endInput()
    program.signal('SIGTERM')
    await program.exit
    expect(program.spokenOn('stderr')).toMatchObject([{ cause: 'nothing is left that could wake it' }])
  })

  it('is told to the logger when it is a warm-up', async ({ spawnProgram }) => {
    const program = spawnProgram('terminus/service', { args: args(OURS, { pool: { warmUp: 'rejects' } }) })
    expect(await program.line('warm-up of pool failed warmUp of pool rejects')).toMatchObject({
      error: 'warmUp of pool rejects',
    })
    program.signal('SIGTERM')
    await program.exit
  })

  it('is not a request that was cut, by which no process of @godaddy/terminus fails', async ({
    spawnProgram,
    request,
  }) => {
    const plan = { inFlight: '/endless', signal: 'SIGTERM', options: { timeout: 300 } } as const
    for (const name of [THEIRS, OURS]) {
      const { exit } = await runTerminus(name, plan, spawnProgram, request)
      expect(exit).toEqual({ code: null, signal: 'SIGTERM' })
    }
  })
})
