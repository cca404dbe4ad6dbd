import type { WebServer } from '@tidegate/core'
import type { SuiteApp } from '@tidegate/testing'
import type { FastifyInstance } from 'fastify'

import { tidegate } from '../../src/index.ts'

/** The app of the suite on this Fastify. */
export async function serveApp(app: FastifyInstance, { lifecycle, routes, refuseWith }: SuiteApp): Promise<WebServer> {
  if (refuseWith !== undefined) app.addHook('onRequest', async (_request, reply) => reply.code(refuseWith).send())
  await app.register(tidegate, { lifecycle })
  // Handlers of the suite read bodies themselves.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const { method, path, requires, handle } of routes) {
    app[method](path, { config: requires.length > 0 ? { requires } : {} }, async ({ raw }, reply) => {
      const body = await handle(raw, reply.raw)
      if (body === undefined) reply.hijack()
      return body
    })
  }
  await app.ready()
  return app.server
}
