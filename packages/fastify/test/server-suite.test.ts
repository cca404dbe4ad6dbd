import { runServerSuite } from '@tidegate/testing'
import type { ServerFactory } from '@tidegate/testing'
import { fastify as newest } from 'fastify'
import { fastify as oldest } from 'fastify-oldest'
import { describe, test } from 'vitest'

import { tidegate } from '../src/index.ts'

function serveBy(fastify: typeof newest): ServerFactory {
  return async ({ lifecycle, routes, refuseWith }) => {
    const app = fastify()
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
}

runServerSuite('Fastify 5', serveBy(newest), { describe, test })
runServerSuite('the oldest Fastify 5', serveBy(oldest), { describe, test })
