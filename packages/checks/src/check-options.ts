import type { DependencyOptions } from '@tidegate/core'

/** What a check of something that all instances share takes. Its failing never restarts anybody: no `liveness`. */
export interface RemoteCheckOptions<Name extends string = string> extends Omit<
  DependencyOptions<Name>,
  'rewarm' | 'close'
> {}

/** What a check of something that is this process's own takes. */
export interface LocalCheckOptions<Name extends string = string> extends RemoteCheckOptions<Name> {
  /** Whether its failing also fails `/livez`, so that the process is restarted. Default `false`. */
  readonly liveness?: boolean | undefined
}
