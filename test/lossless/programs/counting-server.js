// Answers every request with its own id after up to 150 ms, and at its end writes which handlers ran to a file.
import { appendFileSync } from 'node:fs'

import { createLifecycle } from '@tidegate/core'

const [file = ''] = process.argv.slice(2)
/** @type {string[]} */
const handled = []

const lifecycle = createLifecycle({ shutdown: { gracePeriod: '20s', lameDuck: false }, logger: false })

// The monotonic clock is the machine's, so that the client can compare.
const now = () => String(process.hrtime.bigint())
lifecycle.on('drain', ({ step }) => {
  if (step === 'listener-closed') appendFileSync(file, `listener-closed ${now()}\n`)
  if (step === 'linger-over') appendFileSync(file, `linger-over ${now()}\n`)
})
lifecycle.on('stopped', (record) => {
  appendFileSync(file, `handled ${handled.join(',')}\nrecord ${JSON.stringify(record)}\n`)
})

const server = await lifecycle.listen((request, response) => {
  const id = request.url?.slice(1) ?? ''
  handled.push(id)
  const answer = () => response.end(`answer to ${id}.`)
  // Most answers are immediate, as most answers are; some outlast the linger.
  const wait = Number(id.slice(-2)) < 70 ? 0 : Number(id.slice(-1)) * 200
  if (wait === 0) answer()
  else setTimeout(answer, wait)
}, 0)
const address = server.address()
console.log(typeof address === 'object' ? address?.port : address)
