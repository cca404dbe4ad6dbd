import { createTerminus } from './create-terminus.ts'
import type { Terminus } from './options.ts'
import { TerminusError } from './terminus-error.ts'

/** All that `@godaddy/terminus` exports, in one object: what `import terminus from` gives. */
export const terminus: {
  readonly createTerminus: Terminus
  readonly HealthCheckError: typeof TerminusError
} = { createTerminus, HealthCheckError: TerminusError }
