import { assertDependencyOptions, lifecycleFaults } from '@tidegate/core'
import type { Lifecycle, OptionRule } from '@tidegate/core'

export interface HaproxyAgentOptions {
  /** Where HAProxy's `agent-port` asks; 0 lets the system choose. Required. */
  readonly port: number
  /** The address to listen on. Default: every one, as HAProxy comes over the network. */
  readonly host?: string | undefined
}

const RULES: Readonly<Record<keyof HaproxyAgentOptions, OptionRule>> = {
  port: {
    fits: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
    what: 'a port, 0 to 65535',
  },
  host: { fits: (value) => typeof value === 'string' && value !== '', what: "an address, as '127.0.0.1'" },
}

/** @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault. */
export function assertHaproxyAgentArguments(lifecycle: Lifecycle, options: HaproxyAgentOptions): void {
  const faults = lifecycleFaults(lifecycle)
  if (options?.port === undefined) faults.push("options.port is missing; give it the number of HAProxy's agent-port")
  assertDependencyOptions({ call: 'haproxyAgent(lifecycle, options)', options, common: [], own: { ...RULES }, faults })
}
