import type { Server } from 'node:http'

import { closeTogether, LifecycleError } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

import { answerWithoutServer } from './answer-without-server.ts'
import { endWebSockets } from './end-web-sockets.ts'
import { routeGuard, tellGuards } from './route-guard.ts'
import type { RouteConfig } from './route-guard.ts'

declare module 'fastify' {
  interface FastifyInstance {
    lifecycle: Lifecycle
  }
  interface FastifyContextConfig extends RouteConfig {}
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
    if (typeof lifecycle?.attach !== 'function') {
      const advice = 'write app.register(tidegate, { lifecycle }) with that of createLifecycle()'
      throw new LifecycleError('TIDEGATE_CONFIG', `tidegate has no lifecycle; ${advice}`)
    }
    const contexts = contextsFrom(context)
    const app = contexts.at(-1) ?? context
    lifecycle.attach(app.server)
    app.decorate('lifecycle', lifecycle)

    answerWithoutServer(lifecycle, app)

    const guardOf = routeGuard(lifecycle)
    // Behind every `onRequest` hook, so that CORS and the like are in a refusal, and ahead of the body.
    for (const each of contexts) {
      each.addHook('onRoute', (route) => {
        const guard = guardOf(route.config)
        if (guard !== undefined) route.preParsing = [guard, ...[route.preParsing ?? []].flat()]
        tellGuards(route)
      })
    }
    // Routes that were there first, because nobody awaited the plugin, are seen only when they are asked.
    if (app.printRoutes() !== '(empty tree)') {
      app.addHook('preParsing', (request, reply, payload, done) => {
        const guard = guardOf(request.routeOptions.config)
        if (guard === undefined) return done()
        tellGuards(request.routeOptions, [guard])
        guard(request, reply, payload, done)
      })
    }

    const { closing, closed } = closeTogether(lifecycle, { name: 'Fastify', close: () => app.close() })
    // Hooks of `onClose` run last added first. One that is added when the app is ready runs ahead of Fastify's own, which
    // would answer 503 to every request from there on, and would give a `preClose` hook no more than `pluginTimeout`.
    app.addHook('onReady', async () => {
      app.addHook('onClose', closing)
      endWebSockets(lifecycle, app)
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

/** A context is made of the one around it; the last of them is the app itself. */
function contextsFrom(context: FastifyInstance): readonly FastifyInstance[] {
  const around = Object.getPrototypeOf(context) as FastifyInstance
  return 'server' in around ? [context, ...contextsFrom(around)] : [context]
}

/**
 * Fastify opens a server for each further address of `localhost`, and shows no more of it than the address. Where they
 * are not found, each is tracked from its first request on.
 */
function secondaryServers(app: FastifyInstance): readonly Server[] {
  const key = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.serverBindings')
  return key === undefined ? [] : (Reflect.get(app, key) as readonly Server[])
}
