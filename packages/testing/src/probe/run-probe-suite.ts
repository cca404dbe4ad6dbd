import { LifecycleError } from '@tidegate/core'

import { declareSuite } from '../suite.ts'
import type { SuiteOptions } from '../suite.ts'
import { ProbeStage } from './probe-stage.ts'
import { probeTests } from './probe-tests.ts'
import type { ProbeKind, ProberFactory } from './prober.ts'

const ALL_KINDS: readonly ProbeKind[] = ['live', 'startup', 'ready', 'health']

export interface ProbeSuiteOptions extends SuiteOptions {
  /** What the conversation can ask: `['ready']` for an open port. Nothing else is asked. Default all four. */
  readonly kinds?: readonly ProbeKind[] | undefined
}

/**
 * Holds a conversation by which somebody outside asks to what is promised about each phase. Every test gets a lifecycle
 * of its own.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, when a deviation names no test, or `kinds` none that there is.
 */
export function runProbeSuite(
  name: string,
  factory: ProberFactory,
  { kinds = ALL_KINDS, ...options }: ProbeSuiteOptions,
): void {
  assertKinds(name, kinds)
  declareSuite(name, probeTests, options, async ({ setting, run }) => {
    const stage = new ProbeStage(kinds, setting)
    try {
      await stage.open(factory)
      await run(stage)
    } finally {
      await stage.close()
    }
  })
}

function assertKinds(name: string, kinds: readonly ProbeKind[]): void {
  if (kinds.length > 0 && kinds.every((kind) => ALL_KINDS.includes(kind))) return
  const message = `the kinds of "${name}" are ${JSON.stringify(kinds)}; give one or more of ${ALL_KINDS.join(', ')}`
  throw new LifecycleError('TIDEGATE_CONFIG', message)
}
