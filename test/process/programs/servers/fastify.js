import { tidegate } from '@tidegate/fastify'
import { fastify } from 'fastify'

/** @type {import('../../harness/handler.ts').Serve} */
export async function serve(lifecycle, handle) {
  const app = fastify()
  await app.register(tidegate, { lifecycle })
  // The handler reads bodies itself.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.all('/*', async (request, reply) => {
    const body = await handle(request.raw, reply.raw)
    if (body === undefined) reply.hijack()
    return body
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}
