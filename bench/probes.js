// What a probe costs while its dependencies misbehave: /healthz with PostgreSQL frozen and Redis going and coming, against a
// server that answers a constant, in turn, in one run, at half of what that server can answer.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { startPostgres, startRedis } from '@tidegate/services'

import { Probers } from './programs/probers.js'

const ROUNDS = 20
const ROUND_MS = 1000
const FLAP_MS = 700
const LIMITS = { p50: 1.1, p99: 1.5, heapMb: 1 }
const FEW = 20_000
const MANY = 200_000

const [database, store] = await Promise.all([startPostgres(), startRedis()])
const [constant, tidegate] = await Promise.all([startServer('constant'), startServer('tidegate')])

await database.freeze()
let frozen = false
let flapping = Promise.resolve()
const flaps = setInterval(() => {
  flapping = frozen ? store.thaw() : store.freeze()
  frozen = !frozen
}, FLAP_MS)

const capacity = await constant.probers.capacity()
const rate = capacity / 2
console.log(`a constant is answered ${Math.round(capacity)} times a second; asked at ${Math.round(rate)}`)

/** @type {{ constant: number[][], tidegate: number[][] }} */
const rounds = { constant: [], tidegate: [] }
let probes = 0
await heat(FEW)
const heap = await tidegate.heap()
// What the forced collection has thrown away, code included, is not a probe's cost either.
await heat(FEW)
for (let round = 0; round < ROUNDS; round++) {
  rounds.constant.push(await constant.probers.atRate(rate, ROUND_MS))
  const answered = await tidegate.probers.atRate(rate, ROUND_MS)
  rounds.tidegate.push(answered)
  probes += answered.length
}
while (probes < MANY) probes += (await tidegate.probers.atRate(rate, ROUND_MS)).length
const grown = ((await tidegate.heap()) - heap) / 2 ** 20

clearInterval(flaps)
await flapping
for (const server of [constant, tidegate]) server.stop()
await Promise.all([database.close(), store.close()])

const ratios = { p50: ratioOf(0.5), p99: ratioOf(0.99) }
console.log('| /healthz | constant | tidegate | ratio |\n| --- | --- | --- | --- |')
for (const [name, { constant: bare, tidegate: ours, ratio }] of Object.entries(ratios)) {
  console.log(`| ${name} | ${bare.toFixed(3)} ms | ${ours.toFixed(3)} ms | ${ratio.toFixed(2)} |`)
}
console.log(`heap at ${probes} probes: ${grown.toFixed(2)} MB above that at ${FEW}`)

if (ratios.p50.ratio > LIMITS.p50 || ratios.p99.ratio > LIMITS.p99 || grown > LIMITS.heapMb) {
  console.error(`more than ${LIMITS.p50} x in the median, ${LIMITS.p99} x at p99, or ${LIMITS.heapMb} MB`)
  process.exitCode = 1
}

/**
 * Neither is measured cold.
 *
 * @param {number} count
 */
async function heat(count) {
  for (const { probers } of [constant, tidegate]) await probers.atRate(rate, (count * 1000) / rate)
  probes += count
}

/**
 * The quantile of each round, and of these the median: where the machine pauses for a moment, one round tells of that and
 * not of a probe.
 *
 * @param {number} quantile
 */
function ratioOf(quantile) {
  const ofRounds = (/** @type {number[][]} */ all) =>
    at(
      all.map((latencies) => at(latencies, quantile)),
      0.5,
    )
  const [bare, ours] = [ofRounds(rounds.constant), ofRounds(rounds.tidegate)]
  return { constant: bare, tidegate: ours, ratio: ours / bare }
}

/**
 * @param {readonly number[]} values
 * @param {number} quantile
 */
function at(values, quantile) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * quantile)] ?? 0
}

/** @param {'constant' | 'tidegate'} answering */
async function startServer(answering) {
  const path = fileURLToPath(new URL('programs/probed-server.js', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', path, answering], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: store.url },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const probers = await Probers.connect(Number((await lines.next()).value))
  return {
    probers,
    async heap() {
      child.stdin.write('heap\n')
      return Number((await lines.next()).value)
    },
    stop() {
      probers.close()
      child.kill('SIGKILL')
    },
  }
}
