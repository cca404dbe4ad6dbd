import type { CheckContext, CheckResult, Dependency, Logger, WarmUpContext } from '@tidegate/core'

/** One line as a logger was given it. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

export interface TestContext extends WarmUpContext, CheckContext {
  readonly lines: LogLine[]
  readonly steps: string[]
}

/** What the lifecycle would give a step whose limit is `limit` ms; or whose end is in the hands of `signal`. */
export function stepContext(limit: number, signal: AbortSignal = AbortSignal.timeout(limit)): TestContext {
  const end = performance.now() + limit
  const lines: LogLine[] = []
  const steps: string[] = []
  const log =
    (level: LogLine['level']): Logger['info'] =>
    (fields, message) =>
      void lines.push({ level, fields, message })
  return {
    signal,
    remaining: () => Math.max(0, end - performance.now()),
    abandonAfter: limit,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    progress: (done, total, unit) => void steps.push(`${done}/${total} ${unit}`),
    lines,
    steps,
  }
}

/** No step of a well server takes this long, on however slow a machine; one that has to end by itself is caught by it. */
export const AMPLE = 20_000

/** Runs the check as the lifecycle would, where nothing is a pass and a throw a fail. */
export async function runCheck(
  dependency: Dependency,
  context: CheckContext = stepContext(AMPLE),
): Promise<CheckResult> {
  return (await dependency.check?.(context)) ?? { status: 'pass' }
}

export async function runWarmUp(dependency: Dependency, context: WarmUpContext = stepContext(AMPLE)): Promise<void> {
  await dependency.warmUp?.(context)
}

export async function runClose(dependency: Dependency, context: CheckContext = stepContext(AMPLE)): Promise<void> {
  await dependency.close?.(context)
}
