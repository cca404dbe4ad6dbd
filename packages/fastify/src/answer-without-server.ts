import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Lifecycle } from '@tidegate/core'
import type { FastifyInstance } from 'fastify'
import { inject as injectInto } from 'light-my-request'
import type { DispatchFunc } from 'light-my-request'

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
    if (!lifecycle.handle(request, response)) routing(request, response)
  }
  const arriveWhenReady: DispatchFunc = (request, response) => {
    app.ready((error) => {
      if (error) response.emit('error', error)
      else arrive(request, response)
    })
  }
  const inject: Inject = (...call) =>
    // Fastify's own tells whoever comes too late.
    isClosing ? injectOfFastify.call(app, ...call) : (injectInto as Inject)(arriveWhenReady, ...call)
  Object.assign(app, { routing: arrive, inject })
}
