// How many requests of clients pay for a cold instance that joins a warm one behind HAProxy, counted by the instance itself:
// by itself, behind Tidegate's gate, and behind the gate with requests to itself. Needs `haproxy`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { freePort, startHaproxy } from '@tidegate/services'

const PER_SECOND = 100
const TICK_MS = 10
/** So many requests of clients the new instance serves before it is looked at. */
const ENOUGH = 250
const LEAST_WITHOUT = 150

/** @typedef {{ clients: number, coldClients: number, self: number }} Count */

/**
 * @param {number} port
 * @param {string} warmth
 */
function start(port, warmth) {
  const child = fork(fileURLToPath(new URL('programs/cold-shop.js', import.meta.url)), [String(port), warmth])
  return {
    /** @returns {Promise<Count>} */
    async count() {
      const told = once(child, 'message')
      child.send('count')
      const [count] = await told
      return count
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/**
 * Asks at a steady rate, whether those before were answered or not.
 *
 * @param {string} url
 */
function startLoad(url) {
  const agent = new Agent({ keepAlive: true })
  /** @type {number[]} */
  const latencies = []
  let asked = 0
  let failures = 0
  let due = 0
  let last = performance.now()

  function ask() {
    asked++
    const begun = performance.now()
    const end = (/** @type {boolean} */ isServed) => {
      if (isServed) latencies.push(performance.now() - begun)
      else failures++
    }
    get(url, { agent }, (response) => {
      response.on('error', () => end(false))
      response.on('end', () => end(response.statusCode === 200)).resume()
    }).on('error', () => end(false))
  }

  const timer = setInterval(() => {
    const now = performance.now()
    due += ((now - last) / 1_000) * PER_SECOND
    last = now
    for (; due >= 1; due--) ask()
  }, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      await until(async () => asked === latencies.length + failures)
      agent.destroy()
      const sorted = latencies.toSorted((a, b) => a - b)
      return { failures, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 }
    },
  }
}

/** @param {() => Promise<boolean>} holds */
async function until(holds) {
  while (!(await holds())) await pause(50)
}

/**
 * @param {string} url
 * @returns {Promise<boolean>} whether it answers 200
 */
const answers = (url) =>
  fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  )

/** @param {string} warmth */
async function measure(warmth) {
  const [old, young] = [await freePort(), await freePort()]
  const warm = start(old, 'self-requests')
  await until(() => answers(`http://127.0.0.1:${old}/healthz`))
  const haproxy = await startHaproxy({
    servers: { 'shop-1': old, 'shop-2': young },
    changes: { 'inter 2s': 'inter 500ms', 'retries 3': 'retries 0' },
  })
  // HAProxy takes every server for up until it has asked it.
  await until(async () => {
    const answered = await Promise.all(Array.from({ length: 10 }, () => answers(`${haproxy.url}/products`)))
    return answered.every(Boolean)
  })
  const load = startLoad(`${haproxy.url}/products`)
  await pause(2_000)

  const begun = performance.now()
  const cold = start(young, warmth)
  await until(() => answers(`http://127.0.0.1:${young}/healthz`))
  const readyMs = performance.now() - begun
  await until(async () => (await cold.count()).clients >= ENOUGH)
  const { failures, p99 } = await load.stop()
  const count = await cold.count()
  await haproxy.close()
  await Promise.all([warm.stop(), cold.stop()])
  console.log(
    `${warmth}: ready after ${(readyMs / 1_000).toFixed(1)} s with ${count.self} requests to itself; of ${count.clients} requests of clients ${count.coldClients} were cold; p99 ${p99.toFixed(0)} ms, ${failures} failed`,
  )
  return count.coldClients
}

const without = await measure('nothing')
await measure('gate')
const withBoth = await measure('self-requests')
if (withBoth > 0 || without <= LEAST_WITHOUT) {
  console.error(
    `0 cold requests of clients were wanted with the gate and selfRequests, and over ${LEAST_WITHOUT} without`,
  )
  process.exitCode = 1
}
