import { closeSync, openSync } from 'node:fs'

import { fileDescriptors } from '@tidegate/checks'

import { answer } from './answer.js'

/** @type {number[]} */
const held = []

answer(fileDescriptors(), {
  exhaust() {
    try {
      for (;;) held.push(openSync('/dev/null', 'r'))
    } catch (error) {
      return /** @type {NodeJS.ErrnoException} */ (error).code
    }
  },
  release() {
    for (const file of held.splice(0)) closeSync(file)
  },
})
