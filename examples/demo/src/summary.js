/**
 * What came of it.
 *
 * @typedef {object} Result
 * @property {string} title of the shops' framework
 * @property {string} front what stood in front of them
 * @property {Pick<import('./load.js').Load, 'counts' | 'acknowledged' | 'failures' | 'latency'>} load
 * @property {import('./recommendations.js').Recommendations['counts']} recommendations
 * @property {Set<string>} rows the ids of the orders in the database
 * @property {import('./story.js').Freeze | undefined} freeze undefined when Redis was not ours to freeze
 * @property {import('./fleet.js').Departure[]} restarts
 * @property {number} instances
 */

/**
 * Everything that should not have happened.
 *
 * @param {Result} result
 * @returns {string[]}
 */
export function findFaults({ load, recommendations, rows, freeze, restarts, instances }) {
  const faults = []
  const missing = missingOrders(load.acknowledged, rows)
  const failed = load.counts.failed + recommendations.failed
  if (load.counts.sent === 0) faults.push('no request was sent')
  if (load.acknowledged.size === 0) faults.push('no order was acknowledged')
  if (failed > 0) faults.push(`requests that failed: ${failed}`)
  if (recommendations.served === 0) faults.push('there never were recommendations')
  if (missing.length > 0) faults.push(`acknowledged orders that are missing: ${missing.length}, such as ${missing[0]}`)
  if (freeze !== undefined) {
    if (freeze.degraded.length < instances) faults.push('a frozen Redis did not degrade every shop')
    if (recommendations.refusedWithoutRedis === 0) faults.push('/recommendations was served without Redis')
    if (freeze.leftRotation.length > 0) faults.push(`a frozen Redis took out ${freeze.leftRotation.join(', ')}`)
  }
  if (restarts.length < instances) faults.push('not every shop was restarted')
  for (const { name, exit, record } of restarts) {
    if (exit !== '0') faults.push(`${name} ended with ${exit} after SIGTERM`)
    if (record === undefined) faults.push(`${name} left no record of its drain`)
  }
  return faults
}

/**
 * @param {Result} result
 * @returns {string[]} its lines
 */
export function describeResult(result) {
  const { title, front, load, recommendations, rows, freeze, restarts, instances } = result
  const { latency, acknowledged, counts } = load
  const failed = counts.failed + recommendations.failed
  const missing = missingOrders(acknowledged, rows).length
  const { served, refusedWithoutRedis, refusedOtherwise } = recommendations
  return [
    row('shops', `${instances} on ${title}, behind ${front}`),
    row('requests', `${number(counts.sent)} sent, ${number(failed)} failed`),
    row(
      '',
      `p50 ${latency.percentile(50)} ms, p99 ${latency.percentile(99)} ms, slowest ${latency.max} ms, reports aside`,
    ),
    row(
      'orders',
      `${number(counts.orders)} sent, ${number(acknowledged.size)} acknowledged, ${number(rows.size)} rows, ${number(missing)} missing`,
    ),
    row('Redis', freeze === undefined ? 'not frozen: it is not ours' : describeFreeze(freeze, instances)),
    row(
      '/recommendations',
      `${served} served, ${refusedWithoutRedis} refused without Redis, ${refusedOtherwise} otherwise`,
    ),
    ...restarts.flatMap(describeDeparture),
    ...load.failures.map((failure) => row('failed', failure)),
  ]
}

/**
 * @param {import('./story.js').Freeze} freeze
 * @param {number} instances
 */
function describeFreeze({ seconds: frozen, degraded, leftRotation }, instances) {
  return `frozen for ${frozen.toFixed(1)} s: ${degraded.length} of ${instances} shops degraded, ${leftRotation.length} left rotation`
}

/** @param {import('./fleet.js').Departure} departure */
function describeDeparture({ name, exit, record }) {
  if (record === undefined) return [row(name, `no record, exit ${exit}`)]
  const { reason, lameDuck, drain, close, requests, durationMs } = record
  const steps = `lame duck ${duration(lameDuck.usedMs)}, drain ${duration(drain.usedMs)}, close ${duration(close.usedMs)}`
  const { inFlight, finished, refused, cut } = requests
  return [
    row(name, `${reason}, exit ${exit} after ${duration(durationMs)}: ${steps}`),
    row('', `${inFlight} requests in flight, ${finished} answered since, ${refused} refused, ${cut} cut`),
  ]
}

/**
 * @param {string} title
 * @param {string} text
 */
function row(title, text) {
  return `${title.padEnd(18)}${text}`
}

/**
 * @param {Set<string>} acknowledged
 * @param {Set<string>} rows
 */
function missingOrders(acknowledged, rows) {
  return [...acknowledged].filter((id) => !rows.has(id))
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString('en')
}

/** @param {number} ms */
function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
