import type { CheckContext, CheckResult, Dependency, Logger, StageContext, WarmUpContext } from '@tidegate/core'

import { createCheckConnection } from './check-connection.ts'
import { checkPool } from './check-pool.ts'
import { closePool } from './close-pool.ts'
import { createDeadline } from './deadline.ts'
import { describeError, errorCode } from './describe-error.ts'
import { describeDroppedConnections } from './kept-connections.ts'
import { isSaturated, readLoad } from './pool-load.ts'
import { watchPool } from './pool-watch.ts'
import type { PoolWatch } from './pool-watch.ts'
import type { PostgresDependencyOptions } from './postgres-options.ts'
import { clientConstructorOf } from './postgres-pool.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { createPoolPrimer } from './prime-pool.ts'
import { resolveOptions } from './resolve-options.ts'

/**
 * Makes a `pg.Pool` a dependency: primes its connections before the service is ready, checks the server over a
 * connection of its own, and ends the pool after the drain. Touches neither the pool nor the network until the
 * lifecycle starts.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function postgres<const Name extends string = 'postgres'>(
  pool: PostgresPool,
  options: PostgresDependencyOptions<Name> = {},
): Dependency<Name> {
  const resolved = resolveOptions(pool, options)
  const Client = resolved.check === 'connection' ? clientConstructorOf(pool) : undefined
  const connection = Client === undefined ? undefined : createCheckConnection(pool, Client)
  const primer = createPoolPrimer(pool, resolved.prime, resolved.statements)
  let watch: PoolWatch | undefined
  let warned = false

  const watching = (logger: Logger): PoolWatch => (watch ??= watchPool(pool, logger))

  async function warmUp(context: WarmUpContext): Promise<void> {
    const dropped = resolved.primeGiven ? describeDroppedConnections(pool, resolved.prime) : undefined
    if (dropped !== undefined && !warned) context.logger.warn({ prime: resolved.prime }, dropped)
    warned = true
    await primer.prime(context, watching(context.logger))
  }

  async function check(context: CheckContext): Promise<CheckResult> {
    if (pool.ending === true) return { status: 'fail', message: 'the pool has been ended', data: readLoad(pool) }
    try {
      if (connection === undefined) await checkPool(pool, watching(context.logger), context)
      else await connection.ask(context.abandonAfter, context.signal)
    } catch (error) {
      return failed(error)
    }
    const data = readLoad(pool)
    if (!isSaturated(data)) return { status: 'pass', data }
    return { status: 'warn', message: `all ${data.max} clients are in use, ${data.waiting} callers waiting`, data }
  }

  function failed(error: unknown): CheckResult {
    const data = readLoad(pool)
    // The server has answered: it is full. Those who have connections go on working, so it is not an outage.
    const status = errorCode(error) === '53300' && data.total > 0 ? 'warn' : 'fail'
    return { status, message: describeError(error), data }
  }

  async function close(context: StageContext): Promise<void> {
    const deadline = createDeadline(context)
    try {
      const steps: Promise<void>[] = []
      if (connection !== undefined) steps.push(connection.close(deadline.signal))
      if (resolved.close) steps.push(closePool(pool, watching(context.logger), deadline.signal, context.logger))
      const failure = (await Promise.allSettled(steps)).find((outcome) => outcome.status === 'rejected')
      if (failure !== undefined) throw failure.reason
    } finally {
      deadline.clear()
      // An ended pool keeps its listeners: a socket that is still closing may fail. One that lives on is its owner's.
      if (!resolved.close) watch?.stop()
    }
  }

  return {
    name: (options.name ?? 'postgres') as Name,
    critical: options.critical,
    dependsOn: options.dependsOn,
    rewarm: resolved.rewarm,
    limits: options.limits,
    health: options.health,
    warmUp,
    ...(resolved.check === false ? {} : { check }),
    close,
  }
}
