import type * as theirs from '@godaddy/terminus'
import { expectTypeOf, it } from 'vitest'

import type * as ours from '../src/index.ts'

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
