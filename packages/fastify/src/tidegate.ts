import type { Server } from 'node:http'

import { closeTogether } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

import { requires } from './requires.ts'

declare module 'fastify' {
  interface FastifyInstance {
    lifecycle: Lifecycle
  }
  interface FastifyContextConfig {
    /** Answers 503 instead of calling the route while one of these dependencies is failing. */
    requires?: readonly string[]
  }
}

export interface TidegateOptions {
  readonly lifecycle: Lifecycle
}

/**
 * Hands the app's servers to the lifecycle, which starts when the app listens, and closes the two together. Register it
 * on the root app, with `await`, before everything else.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, from a route whose `config.requires` names none.
 */
export const tidegate: FastifyPluginAsync<TidegateOptions> = fastifyPlugin(
  async (app: FastifyInstance, { lifecycle }: TidegateOptions): Promise<void> => {
    lifecycle.attach(app.server)
    app.decorate('lifecycle', lifecycle)
    app.addHook('onListen', async () => {
      for (const server of secondaryServers(app)) lifecycle.attach(server)
    })

    // For `inject`: on a server the lifecycle has answered ahead of Fastify.
    app.addHook('onRequest', (request, reply, done) => {
      if (!lifecycle.handle(request.raw, reply.raw)) done()
    })
    app.addHook('onRoute', (route) => {
      const names = route.config?.requires
      if (names === undefined) return
      route.onRequest = [requires(lifecycle, ...names), ...[route.onRequest ?? []].flat()]
    })

    const { closing, closed } = closeTogether(lifecycle, { name: 'Fastify', close: () => app.close() })
    // Hooks of `onClose` run last added first. One that is added when the app is ready runs ahead of Fastify's own, which
    // would answer 503 to every request from there on, and would give a `preClose` hook no more than `pluginTimeout`.
    app.addHook('onReady', async () => {
      app.addHook('onClose', closing)
    })
    // Added first, it runs when the hooks of all plugins registered later have let go of the dependencies.
    app.addHook('onClose', closed)
  },
  { name: '@tidegate/fastify', fastify: '5.x' },
)

/**
 * Fastify opens a server for each further address of `localhost`, and shows no more of it than the address. Where they
 * are not found, each is tracked from its first request on.
 */
function secondaryServers(app: FastifyInstance): readonly Server[] {
  const key = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.serverBindings')
  return key === undefined ? [] : (Reflect.get(app, key) as readonly Server[])
}
