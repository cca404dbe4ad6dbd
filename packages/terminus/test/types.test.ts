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
  const options: ours.TerminusOptions = { healthChecks: { '/health': check, verbatim: true } }
  const hook: NonNullable<typeof options.onSignal> = async () => ({ closed: ['pool'] })
  const found = await check({ state: { isShuttingDown: false } })
  expect(found.isUp).toBe(true)
  expect((await hook()).closed[0]).toBe('pool')
  const { causes } = new ours.HealthCheckError('not ready', { first: { message: 'down' } })
  expect(causes.first.message).toBe('down')
})

it('has any where @godaddy/terminus has it', () => {
  type Ours = Required<ours.TerminusOptions>
  expectTypeOf<Awaited<ReturnType<Ours['beforeShutdown']>>>().toBeAny()
  expectTypeOf<Awaited<ReturnType<Ours['onSendFailureDuringShutdown']>>>().toBeAny()
  expectTypeOf<Awaited<ReturnType<Ours['onShutdown']>>>().toBeAny()
  expectTypeOf<Awaited<ReturnType<Ours['onSignal']>>>().toBeAny()
  expectTypeOf<Awaited<ReturnType<Ours['onSigterm']>>>().toBeAny()
  expectTypeOf<Awaited<ReturnType<ours.HealthCheck>>>().toBeAny()
  expectTypeOf<ours.HealthCheckError['causes']>().toBeAny()
  expectTypeOf<ConstructorParameters<typeof ours.HealthCheckError>[1]>().toBeAny()
})

it('has a default export that holds what that of @godaddy/terminus does', async () => {
  const { default: theirDefault } = (await import('@godaddy/terminus')) as unknown as { default: object }
  expect(Object.keys(terminus)).toEqual(Object.keys(theirDefault))
  expect(terminus.createTerminus).toBe(ours.createTerminus)
  expect(terminus.HealthCheckError).toBe(ours.HealthCheckError)
})
