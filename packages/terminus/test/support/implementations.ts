import * as theirs from '@godaddy/terminus'

import * as ours from '../../src/index.ts'

export interface Implementation {
  readonly name: string
  readonly createTerminus: ours.Terminus
  readonly HealthCheckError: new (message: string, causes: unknown) => Error & { causes: unknown }
}

export const THEIRS: Implementation = { name: '@godaddy/terminus', ...theirs }
export const OURS: Implementation = {
  name: '@tidegate/terminus',
  createTerminus: ours.createTerminus,
  HealthCheckError: ours.HealthCheckError,
}

/** What has to be the same is tested with both. */
export const BOTH: readonly Implementation[] = [THEIRS, OURS]
