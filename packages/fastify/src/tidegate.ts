import type { Server } from 'node:http'

import { closeTogether, LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

import { routeGuard, tellGuards } from './route-guard.ts'

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
 * on the root app, before everything else.
 *
 * @throws {LifecycleError} `TIDEGATE_UNKNOWN_DEPENDENCY`, from a route whose `config.requires` names none.
 */
export const tidegate: FastifyPluginAsync<TidegateOptions> = fastifyPlugin(
  async (context: FastifyInstance, { lifecycle }: Partial<TidegateOptions>): Promise<void> => {
    if (lifecycle === undefined) {
      const message =
        'tidegate has no lifecycle; write app.register(tidegate, { lifecycle }) with that of createLifecycle()'
      throw new LifecycleError('TIDEGATE_CONFIG', message)
    }
    const app = rootOf(context)
    lifecycle.attach(app.server)
    app.decorate('lifecycle', lifecycle)

    const guardOf = routeGuard(lifecycle)
    // Reaches every route, also one that was there first. On a server the lifecycle has answered ahead of Fastify.
    app.addHook('onRequest', (request, reply, done) => {
      if (lifecycle.handle(request.raw, reply.raw)) return
      const guard = guardOf(request.routeOptions)
      if (guard === undefined) done()
      else guard(request, reply, done)
    })
    for (const each of new Set([app, context])) {
      each.addHook('onRoute', (route) => {
        // An unknown name is an error here already.
        tellGuards(route, guardOf(route))
      })
    }

    const { closing, closed } = closeTogether(lifecycle, { name: 'Fastify', close: () => app.close() })
    // Hooks of `onClose` run last added first. One that is added when the app is ready runs ahead of Fastify's own, which
    // would answer 503 to every request from there on, and would give a `preClose` hook no more than `pluginTimeout`.
    app.addHook('onReady', async () => {
      app.addHook('onClose', closing)
    })
    // Once more, ahead of what others have added when the app was ready: Fastify's own `addHook` refuses by now.
    app.addHook('onListen', async () => {
      for (const server of secondaryServers(app)) lifecycle.attach(server)
      ;(app as FastifyInstance & { onClose(hook: () => Promise<void>): void }).onClose(closing)
    })
    // Added first, it runs when the hooks of all plugins registered later have let go of the dependencies.
    app.addHook('onClose', closed)
  },
  { name: '@tidegate/fastify', fastify: '5.x' },
)

/** A context is made of the one around it. */
function rootOf(context: FastifyInstance): FastifyInstance {
  const around = Object.getPrototypeOf(context) as FastifyInstance
  return 'server' in around ? rootOf(around) : context
}

/**
 * Fastify opens a server for each further address of `localhost`, and shows no more of it than the address. Where they
 * are not found, each is tracked from its first request on.
 */
function secondaryServers(app: FastifyInstance): readonly Server[] {
  const key = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.serverBindings')
  return key === undefined ? [] : (Reflect.get(app, key) as readonly Server[])
}
