import type { PostgresPool } from './postgres-pool.ts'

/**
 * Why the pool would close some of `count` primed connections again, and what to set so that it does not; undefined when
 * it keeps them.
 */
export function describeDroppedConnections(pool: PostgresPool, count: number): string | undefined {
  const { min = 0, idleTimeoutMillis } = pool.options ?? {}
  if (!idleTimeoutMillis || min >= count) return undefined
  return (
    `the pool will close ${count - min} of the ${count} primed connections when they have been idle for ` +
    `${idleTimeoutMillis} ms: create it with min: ${count} (now ${min}), or with idleTimeoutMillis: 0 to keep every connection`
  )
}
