import { createHook } from 'node:async_hooks'
import { readFile } from 'node:fs'

import { threadPool } from '@tidegate/checks'

import { answer } from './answer.js'

const [fifo = '', failAfter] = process.argv.slice(2)

let jobs = 0
createHook({
  init(_id, type) {
    if (type === 'RANDOMBYTESREQUEST') jobs += 1
  },
}).enable()

const dependency = threadPool(failAfter === undefined ? {} : { failAfter: Number(failAfter) })

answer(dependency, {
  occupy() {
    for (let thread = 0; thread < 4; thread++) readFile(fifo, () => {})
  },
  jobs: () => jobs,
})
