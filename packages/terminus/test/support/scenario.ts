import fc from 'fast-check'

import type { HealthCheckMap, TerminusOptions } from '../../src/index.ts'
import type { Implementation } from './implementations.ts'

/** What a check does, as data: each implementation gets objects of its own, since one of them writes to what it is given. */
interface CheckPlan {
  readonly how: 'resolves' | 'returns' | 'rejects' | 'throws' | 'is no function'
  readonly value: unknown
  readonly error: 'Error' | 'HealthCheckError' | 'text'
  /** Wrapped in an Error where they are shown. */
  readonly causes: unknown
  readonly causeIsError: boolean
  readonly statusCode: number | undefined
  readonly statusResponse: Record<string, unknown> | undefined
}

export interface Scenario {
  readonly check: CheckPlan
  readonly verbatim: boolean | undefined
  readonly exposeStacks: boolean | undefined
  readonly options: TerminusOptions
  readonly requests: readonly { readonly method: string; readonly path: string }[]
  readonly signalsBefore: number
  readonly failsToTell: boolean
}

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => value as unknown)
const record = fc.dictionary(fc.constantFrom('status', 'a', 'info', 'error', '0'), json, { maxKeys: 3 })
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
const code = fc.constantFrom(200, 201, 202, 204, 299, 400, 418, 500, 503)

const check: fc.Arbitrary<CheckPlan> = fc.record({
  how: fc.constantFrom('resolves', 'resolves', 'returns', 'rejects', 'rejects', 'throws', 'is no function'),
  value: fc.oneof(json, fc.constantFrom(undefined, null, 0, '', 'text', [1, 2])),
  error: fc.constantFrom('Error', 'HealthCheckError', 'text'),
  causes: fc.oneof(json, fc.constant(undefined)),
  causeIsError: fc.boolean(),
  statusCode: maybe(code),
  statusResponse: maybe(record),
})

const options = fc.record(
  {
    caseInsensitive: fc.boolean(),
    sendFailuresDuringShutdown: fc.boolean(),
    statusOk: code,
    statusOkResponse: record,
    statusError: code,
    statusErrorResponse: record,
    headers: fc.dictionary(fc.constantFrom('X-One', 'Cache-Control', 'Content-Type'), fc.constantFrom('a', 'no-store')),
  },
  { requiredKeys: [] },
)

const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'),
  path: fc.constantFrom('/Health', '/Health', '/health', '/HEALTH', '/Health?a=b', '/Health/', '/', '/verbatim'),
})

/** Without what is different on purpose, which has tests of its own. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    check,
    verbatim: maybe(fc.boolean()),
    exposeStacks: maybe(fc.boolean()),
    options,
    requests: fc.array(request, { minLength: 1, maxLength: 4 }),
    signalsBefore: fc.integer({ min: 0, max: 4 }),
    failsToTell: fc.boolean(),
  })
  // With both, theirs loses the flag.
  .filter(({ options: { caseInsensitive = false }, exposeStacks }) => !caseInsensitive || exposeStacks === undefined)

/** Fresh options for one implementation, and what they were called with. */
export function stage(
  scenario: Scenario,
  implementation: Implementation,
): { options: TerminusOptions; calls: string[] } {
  const calls: string[] = []
  const { verbatim, exposeStacks, failsToTell } = scenario
  const healthChecks: HealthCheckMap = {
    '/Health': toCheck(scenario.check, implementation, calls) as HealthCheckMap[string],
    ...(verbatim !== undefined && { verbatim }),
    ...(exposeStacks !== undefined && { __unsafeExposeStackTraces: exposeStacks }),
  }
  return {
    calls,
    options: {
      ...structuredClone(scenario.options),
      healthChecks,
      logger: (text, error) => void calls.push(`${text}: ${error instanceof TypeError ? 'TypeError' : String(error)}`),
      ...(failsToTell && { onSendFailureDuringShutdown: async () => void calls.push('onSendFailureDuringShutdown') }),
      beforeShutdown: async () => {
        calls.push('beforeShutdown')
        await new Promise(() => {})
      },
    },
  }
}

function toCheck(plan: CheckPlan, { HealthCheckError }: Implementation, calls: string[]): unknown {
  const { how, value } = structuredClone(plan)
  const fail = (): never => {
    if (plan.error === 'text') throw 'a text'
    const causes: unknown = structuredClone(plan.causes)
    const shown = plan.causeIsError ? [withoutStack(new Error('cause')), causes] : causes
    const error = plan.error === 'Error' ? new Error('hidden') : new HealthCheckError('hidden', shown)
    const { statusCode, statusResponse } = structuredClone(plan)
    throw Object.assign(error, { statusCode, statusResponse })
  }
  const saw = (what: string): void => void calls.push(`check saw ${what}`)
  switch (how) {
    case 'is no function':
      return {}
    case 'resolves':
      return async (...context: unknown[]) => {
        saw(JSON.stringify(context))
        return value
      }
    case 'returns':
      return () => value
    case 'rejects':
      return async () => fail()
    case 'throws':
      return fail
  }
}

/** Where it was made is told apart by whoever called. */
function withoutStack(error: Error): Error {
  error.stack = 'where it was made'
  return error
}
