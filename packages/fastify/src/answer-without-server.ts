import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Lifecycle } from '@tidegate/core'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'

type Arrive = (request: IncomingMessage, response: ServerResponse) => void
type Inject = (...call: readonly unknown[]) => unknown

/**
 * Answers probes and keeps the gate for what comes by no server: `inject()`, and what another server hands to `routing`.
 * A hook would do so, too, for every request that the lifecycle has seen already, at some 2,600 instructions each.
 */
export function answerWithoutServer(lifecycle: Lifecycle, app: FastifyInstance): void {
  const injectOfFastify = app.inject as Inject
  const { routing } = app
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })

  const arrive: Arrive = (request, response) => {
    const handled = lifecycle.handle(request, response)
    if (handled === false) return routing(request, response)
    if (handled !== true) void handled.then((answered) => answered || routing(request, response))
  }
  let front: Inject | undefined
  const inject: Inject = (...call) => {
    // The app's own tells whoever comes too late.
    if (isClosing) return injectOfFastify.call(app, ...call)
    front ??= createInject((request, response) => {
      app.ready((error) => {
        if (error) response.emit('error', error)
        else arrive(request, response)
      })
    })
    return front(...call)
  }
  Object.assign(app, { routing: arrive, inject })
}

/** Fastify's `inject()` in front of a handler: an app's own leads to nothing but its router. */
function createInject(arrive: Arrive): Inject {
  const front = fastify()
  // It comes ahead of the body, which is left to the handler.
  front.addHook('onRequest', (request, reply) => {
    reply.hijack()
    arrive(request.raw, reply.raw)
  })
  return (...call) => (front.inject as Inject)(...call)
}
