import { setTimeout as delay } from 'node:timers/promises'

const LOOK_MS = 50

/**
 * Waits until something is so. Rejects with the signal's reason when it aborts, and when it takes too long.
 *
 * @param {() => boolean} condition
 * @param {{ what: string, limitMs: number, signal: AbortSignal }} options
 */
export async function until(condition, { what, limitMs, signal }) {
  const end = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`)
    await pause(LOOK_MS, signal)
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 */
export async function pause(ms, signal) {
  await delay(ms, undefined, { signal }).catch(() => {})
  signal.throwIfAborted()
}
