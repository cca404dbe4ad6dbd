export { createTerminus } from './create-terminus.ts'
export { TerminusError as HealthCheckError } from './terminus-error.ts'
export { lifecycleOf } from './lifecycle-of.ts'
export type {
  HealthCheck,
  HealthCheckMap,
  Terminus,
  TerminusOptions,
  TerminusState,
  TidegateOptions,
} from './options.ts'
export { probeCheck } from './probe-check.ts'
export { terminusOptions } from './terminus-options.ts'
// oxlint-disable-next-line import/no-default-export -- who imports @godaddy/terminus, a CommonJS module, may write `import terminus from`
export { terminus as default } from './terminus.ts'
