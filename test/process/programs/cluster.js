// A primary with two workers on one port. On SIGHUP it replaces both, one after the other; SIGTERM it forwards.
import cluster from 'node:cluster'
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

async function startWorker() {
  const worker = cluster.fork()
  const [address] = await once(worker, 'listening')
  return { worker, port: /** @type {number} */ (address.port) }
}

async function runPrimary() {
  let running = [await startWorker(), await startWorker()]
  cluster.on('exit', ({ id }, code, signal) => say('worker exited', { id, code, signal }))
  const replaceAll = async () => {
    const old = running
    running = []
    for (const { worker } of old) {
      running.push(await startWorker())
      // Not worker.kill(), nor worker.disconnect(): they close the server by themselves.
      worker.process.kill('SIGTERM')
      await once(worker, 'exit')
    }
    say('replaced')
  }
  process.on('SIGHUP', () => void replaceAll())
  process.on('SIGTERM', () => {
    for (const { worker } of running) worker.process.kill('SIGTERM')
  })
  say('listening', { port: running[0]?.port })
}

async function runWorker() {
  const id = cluster.worker?.id
  const lifecycle = createLifecycle({
    service: { instance: `worker ${id}` },
    dependencies: [{ name: 'tables', warmUp: () => new Promise((resolve) => setTimeout(resolve, 300)) }],
    shutdown: { lameDuck: false, linger: '200ms' },
  })
  // The primary hands connections to whoever listens: that waits until it is ready.
  await lifecycle.listen(
    (request, response) => {
      const answer = () => response.end(`worker ${id}`)
      // So that somebody is in flight at any moment.
      if (request.url !== '/slow') return setTimeout(answer, 20)
      say('asked')
      lifecycle.on('drain', ({ step }) => step === 'linger-over' && answer())
    },
    0,
    '127.0.0.1',
  )
}

await (cluster.isPrimary ? runPrimary() : runWorker())
