import { memory } from '@tidegate/checks'

import { answer } from './answer.js'

const MiB = 2 ** 20

/** @type {number[][]} */
const held = []

answer(memory({ warnAt: { rss: false } }), {
  /** Of a limit of 128 MiB. */
  fill() {
    while (process.memoryUsage().heapUsed < 118 * MiB) held.push(Array.from({ length: 2_000 }, () => 0.5))
    globalThis.gc?.()
    while (process.memoryUsage().heapUsed < 118 * MiB) held.push(Array.from({ length: 2_000 }, () => 0.5))
    globalThis.gc?.()
  },
  release() {
    held.length = 0
    globalThis.gc?.()
  },
})
