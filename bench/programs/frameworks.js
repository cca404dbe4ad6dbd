import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import { tidegate as expressTidegate } from '@tidegate/express'
import { tidegate as fastifyTidegate } from '@tidegate/fastify'
import { tidegate as koaTidegate } from '@tidegate/koa'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'

/** @typedef {import('@tidegate/core').Lifecycle} Lifecycle */

/**
 * The same service in each framework: it says hello. Under a lifecycle as its README says.
 *
 * @type {ReadonlyMap<string, (lifecycle: Lifecycle | undefined) => Promise<import('node:http').Server>>}
 */
export const frameworks = new Map([
  ['node:http', async () => createServer((_request, response) => response.end('hello'))],
  [
    'express',
    async (lifecycle) => {
      const app = express()
      if (lifecycle !== undefined) app.use(expressTidegate(lifecycle))
      app.get('/', (_request, response) => void response.send('hello'))
      return createServer(app)
    },
  ],
  [
    'koa',
    async (lifecycle) => {
      const app = new Koa()
      if (lifecycle !== undefined) app.use(koaTidegate(lifecycle))
      app.use((context) => {
        context.body = 'hello'
      })
      return createServer(app.callback())
    },
  ],
  [
    'fastify',
    async (lifecycle) => {
      const app = fastify()
      if (lifecycle !== undefined) await app.register(fastifyTidegate, { lifecycle })
      app.get('/', async () => 'hello')
      await app.ready()
      return app.server
    },
  ],
])

/** A lifecycle that has come to ready on its own. */
export async function readyLifecycle() {
  const lifecycle = createLifecycle({ logger: false })
  await lifecycle.start()
  await lifecycle.whenReady()
  return lifecycle
}
