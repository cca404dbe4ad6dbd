import { randomInt, randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { createHistogram } from 'node:perf_hooks'

import { exchange } from './exchange.js'

const REQUESTS_A_SECOND = 200
const TICK_MS = 10
const SECONDS_SHOWN = 30
const FAILURES_KEPT = 20
const PRODUCTS = 500
const REPORT = '/reports/sales'
const PAGES = 250

/** @typedef {ReturnType<typeof createLoad>} Load */

/**
 * Sends a steady mix of requests, whether those before were answered or not, and counts how every one of them ended.
 *
 * @param {number} port of the front end
 */
export function createLoad(port) {
  const agent = new Agent({ keepAlive: true, timeout: 30_000 })
  const latency = createHistogram()
  /** @type {Set<string>} */
  const acknowledged = new Set()
  /** @type {string[]} */
  const failures = []
  /** @type {Set<Promise<void>>} */
  const inFlight = new Set()
  const counts = { sent: 0, orders: 0, answered: 0, failed: 0 }
  /** @type {number[]} */
  const perSecond = []
  /** @type {NodeJS.Timeout[]} */
  const timers = []

  async function sendOne() {
    const { method, path, order } = chooseRequest()
    counts.sent += 1
    if (order !== undefined) counts.orders += 1
    const { status, text, milliseconds } = await exchange({ port, agent, method, path, body: order })
    if (path !== REPORT) latency.record(Math.max(1, Math.round(milliseconds)))
    if (status >= 200 && status < 300) {
      counts.answered += 1
      if (order !== undefined) acknowledged.add(order.id)
    } else {
      counts.failed += 1
      if (failures.length < FAILURES_KEPT) failures.push(`${method} ${path}: ${status || 'no answer,'} ${text}`)
    }
  }

  function launch() {
    const ended = sendOne().finally(() => inFlight.delete(ended))
    inFlight.add(ended)
  }

  return {
    counts,
    /** How many were answered in each of the last seconds. */
    perSecond,
    /** In milliseconds; without the report, which is meant to be slow. */
    latency,
    /** The ids of the orders that the shop said it had placed. */
    acknowledged,
    /** The first of them, as text. */
    failures,
    start() {
      let last = performance.now()
      let due = 0
      let before = 0
      const pace = setInterval(() => {
        const now = performance.now()
        // What this process was too busy to send is not made up for in one burst.
        due = Math.min(due + ((now - last) / 1000) * REQUESTS_A_SECOND, REQUESTS_A_SECOND / 5)
        last = now
        for (; due >= 1; due -= 1) launch()
      }, TICK_MS)
      const meter = setInterval(() => {
        perSecond.push(counts.answered - before)
        if (perSecond.length > SECONDS_SHOWN) perSecond.shift()
        before = counts.answered
      }, 1000)
      timers.push(pace, meter)
    },
    /** Sends nothing more, and resolves when everything sent has ended. */
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(inFlight)
      agent.destroy()
    },
  }
}

/** @returns {{ method: string, path: string, order?: { id: string, items: object[] } }} */
function chooseRequest() {
  const dice = randomInt(100)
  if (dice < 25) {
    const items = [{ productId: randomInt(1, PRODUCTS), quantity: randomInt(1, 4) }]
    return { method: 'POST', path: '/orders', order: { id: randomUUID(), items } }
  }
  if (dice < 26) return { method: 'GET', path: REPORT }
  if (dice < 40) return { method: 'GET', path: `/products?page=${randomInt(PAGES)}` }
  return { method: 'GET', path: `/products/${randomInt(1, PRODUCTS)}` }
}
