/**
 * @typedef {(typeof import('./adapters.js').ADAPTERS)[number]} Adapter
 * @typedef {import('@tidegate/core').Lifecycle} Lifecycle
 * @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handle
 */

/**
 * Opens a port for the same handler, each the way of its framework, which is loaded only then.
 *
 * @type {Record<Adapter, (lifecycle: Lifecycle, handle: Handle) => Promise<import('node:net').Server>>}
 */
export const serveBy = {
  'node:http': (lifecycle, handle) => lifecycle.listen(handle, 0, '127.0.0.1'),
  Express: async (lifecycle, handle) => {
    const { default: express } = await import('express')
    const { tidegate } = await import('@tidegate/express')
    return lifecycle.listen(express().use(tidegate(lifecycle)).use(handle), 0, '127.0.0.1')
  },
  Fastify: async (lifecycle, handle) => {
    const { fastify } = await import('fastify')
    const { tidegate } = await import('@tidegate/fastify')
    const app = fastify()
    await app.register(tidegate, { lifecycle })
    app.all('*', (request, reply) => {
      reply.hijack()
      handle(request.raw, reply.raw)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
}
