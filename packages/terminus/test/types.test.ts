import type * as theirs from '@godaddy/terminus'
import { expect, expectTypeOf, it } from 'vitest'

import terminus, * as ours from '../src/index.ts'

it('has types that are assignable to those of @godaddy/terminus, and back', () => {
  expectTypeOf<ours.TerminusOptions>().toExtend<theirs.TerminusOptions>()
  expectTypeOf<theirs.TerminusOptions>().toExtend<ours.TerminusOptions>()
  expectTypeOf<ours.HealthCheckMap>().toExtend<theirs.HealthCheckMap>()
  expectTypeOf<theirs.HealthCheckMap>().toExtend<ours.HealthCheckMap>()
  expectTypeOf<ours.HealthCheck>().toExtend<theirs.HealthCheck>()
  expectTypeOf<theirs.HealthCheck>().toExtend<ours.HealthCheck>()
  expectTypeOf<ours.TerminusState>().toEqualTypeOf<theirs.TerminusState>()
  expectTypeOf<ours.HealthCheckError>().toExtend<theirs.HealthCheckError>()
  expectTypeOf<theirs.HealthCheckError>().toExtend<ours.HealthCheckError>()
})

it('has functions that stand in for those of @godaddy/terminus, and back', () => {
  expectTypeOf<typeof ours.createTerminus>().toExtend<theirs.Terminus>()
  expectTypeOf<typeof theirs.createTerminus>().toExtend<ours.Terminus>()
  expectTypeOf<typeof ours.HealthCheckError>().toExtend<typeof theirs.HealthCheckError>()
})

it('compiles what was written for @godaddy/terminus', async () => {
  const check: ours.HealthCheck = async ({ state }) => ({ isUp: !state.isShuttingDown })
  const options: ours.TerminusOptions = {
    healthChecks: { '/health': check, verbatim: true },
    onSignal: async () => ({ closed: ['pool'] }),
    onShutdown: async () => ({ after: 1 }),
    beforeShutdown: async () => ({ waited: 2 }),
    onSendFailureDuringShutdown: async () => ({ told: 3 }),
    onSigterm: async () => ({ old: 4 }),
  }
  const found = await check({ state: { isShuttingDown: false } })
  expect(found.isUp).toBe(true)
  expect((await options.onSignal?.()).closed[0]).toBe('pool')
  expect((await options.onShutdown?.()).after).toBe(1)
  expect((await options.beforeShutdown?.()).waited).toBe(2)
  expect((await options.onSendFailureDuringShutdown?.()).told).toBe(3)
  expect((await options.onSigterm?.()).old).toBe(4)
  const { causes } = new ours.HealthCheckError('not ready', { first: { message: 'down' } })
  expect(causes.first.message).toBe('down')
})

it('has a default export that holds what that of @godaddy/terminus does', async () => {
  const { default: theirDefault } = (await import('@godaddy/terminus')) as unknown as { default: object }
  expect(Object.keys(terminus)).toEqual(Object.keys(theirDefault))
  expect(terminus.createTerminus).toBe(ours.createTerminus)
  expect(terminus.HealthCheckError).toBe(ours.HealthCheckError)
})
