import { getHeapSpaceStatistics } from 'node:v8'

import { memory } from '@tidegate/checks'

import { answer } from './answer.js'

const MiB = 2 ** 20

/** @type {number[][]} */
const held = []

function oldGeneration() {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new_'))
  return spaces.reduce((sum, { space_used_size: size }) => sum + size, 0)
}

answer(memory({ warnAt: { heap: 0.6, rss: false } }), {
  /** Of a limit of 128 MiB. */
  fill() {
    while (oldGeneration() < 80 * MiB) {
      for (let count = 0; count < 125; count++) held.push(Array.from({ length: 2_000 }, () => 0.5))
      // What is young is not old yet.
      globalThis.gc?.()
    }
  },
  release() {
    held.length = 0
    globalThis.gc?.()
  },
})
