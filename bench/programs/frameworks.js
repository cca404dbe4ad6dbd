import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import { tidegate as expressTidegate } from '@tidegate/express'
import { tidegate as fastifyTidegate } from '@tidegate/fastify'
import { tidegate as koaTidegate } from '@tidegate/koa'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'

/**
 * The same service in each framework: it says hello. A lifecycle is known to the framework itself where it is given.
 *
 * @type {Record<string, (lifecycle?: import('@tidegate/core').Lifecycle) => Promise<import('node:http').Server>>}
 */
export const frameworks = {
  'node:http': async () => createServer((_request, response) => response.end('hello')),
  async express(lifecycle) {
    const app = express()
    if (lifecycle !== undefined) app.use(expressTidegate(lifecycle))
    app.get('/', (_request, response) => void response.send('hello'))
    return createServer(app)
  },
  async koa(lifecycle) {
    const app = new Koa()
    if (lifecycle !== undefined) app.use(koaTidegate(lifecycle))
    app.use((context) => {
      context.body = 'hello'
    })
    const handle = app.callback()
    return createServer((request, response) => void handle(request, response))
  },
  async fastify(lifecycle) {
    const app = fastify()
    if (lifecycle !== undefined) await app.register(fastifyTidegate, { lifecycle })
    app.get('/', async () => 'hello')
    await app.ready()
    return app.server
  },
}

/** A lifecycle that has come to ready on its own. */
export async function readyLifecycle() {
  const lifecycle = createLifecycle({ logger: false })
  await lifecycle.start()
  await lifecycle.whenReady()
  return lifecycle
}
