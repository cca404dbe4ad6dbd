// Serves so many requests over one connection that never touches the kernel, and exits. Arguments: framework, what
// manages its lifecycle, and the number of requests.
import { duplexPair } from 'node:stream'

import { frameworks, readyLifecycle } from './frameworks.js'
import { managers } from './managers.js'

const [framework = '', manager = '', count = '0'] = process.argv.slice(2)
const create = frameworks[framework]
const manage = managers[manager]
if (create === undefined || manage === undefined) throw new Error(`there is no ${framework} under ${manager}`)

const lifecycle = manager.startsWith('tidegate') ? await readyLifecycle() : undefined
const isKnown = framework === 'fastify' || manager === 'tidegate as middleware'
const server = await create(isKnown ? lifecycle : undefined)
lifecycle?.attach(server)
manage(server)

const [client, side] = duplexPair()
server.emit('connection', side)

const REQUEST = 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n'
let left = Number(count)
let answer = ''
client.on('data', (chunk) => {
  answer += chunk
  if (!answer.endsWith('hello')) return
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer)
  answer = ''
  left--
  if (left === 0) process.exit(0)
  // In a later turn: over a network no answer arrives before its server has finished with it.
  setImmediate(() => client.write(REQUEST))
})
client.write(REQUEST)
