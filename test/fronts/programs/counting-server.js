// Answers each POST with its id, most at once and some late, and at its end writes down what has reached it.
// Arguments: its port, the file to write to, its shutdown options as JSON, and when its port opens: `at-once` or `warm`.
import { writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

import { createLifecycle } from '@tidegate/core'

const [port, file = '', shutdown = '{}', opens] = process.argv.slice(2)
const WARM_UP_MS = 300
/** Of a hundred: some are in flight when anything happens, a few outlast the linger. */
const ANSWERED_AT_ONCE = 70
const ANSWERED_SOON = 95

/** @type {import('../ledger.ts').Ledger} */
const ledger = { handled: [], accepted: 0, listenerClosedAt: 0, untoldEnds: [], record: undefined }

const lifecycle = createLifecycle({
  dependencies: [{ name: 'catalogue', warmUp: ({ signal }) => delay(WARM_UP_MS, undefined, { signal }) }],
  shutdown: JSON.parse(shutdown),
  logger: false,
})
lifecycle.on('drain', ({ step }) => {
  if (step === 'listener-closed') ledger.listenerClosedAt = Date.now()
})
lifecycle.on('stopped', (record) => writeFileSync(file, JSON.stringify({ ...ledger, record })))
// Whoever has started this process is gone.
process.stdin.on('end', () => process.exit(1)).resume()

if (opens === 'warm') {
  await lifecycle.start()
  await lifecycle.whenReady()
}
const server = await lifecycle.listen(
  async (request, response) => {
    const id = request.url?.slice(1) ?? ''
    ledger.handled.push(id)
    // nginx does not take an instance in again before it has answered.
    if (ledger.handled.length === 1) response.on('finish', () => console.log('serving'))
    const { socket } = request
    told.set(socket, false)
    response.on('finish', () => told.set(socket, !response.shouldKeepAlive))
    const body = await text(request)
    const luck = Number(id.slice(-2))
    if (luck >= ANSWERED_SOON) await delay((luck - ANSWERED_SOON + 1) * 300)
    else if (luck >= ANSWERED_AT_ONCE) await delay(luck - ANSWERED_AT_ONCE)
    response.end(`answer to ${id}: ${body}`)
  },
  Number(port),
  '127.0.0.1',
)

/**
 * Whether a connection's last answer has told its client to go; unknown for those without POSTs.
 *
 * @type {WeakMap<import('node:net').Socket, boolean>}
 */
const told = new WeakMap()
server.on('connection', (socket) => {
  ledger.accepted++
  let clientEnded = false
  socket.on('end', () => {
    clientEnded = true
  })
  // Ended, or destroyed without that.
  for (const event of ['finish', 'close']) {
    socket.on(event, () => {
      if (!clientEnded && (told.get(socket) === false || socket.bytesRead === 0)) ledger.untoldEnds.push(Date.now())
    })
  }
})

await lifecycle.whenReady()
console.log('ready')
