import { toErrorAnswer } from '@tidegate/shop'

/**
 * @template {object} Route
 * @typedef {import('fastify').FastifyRequest<Route>} Request
 */

/** @type {import('fastify').FastifyPluginAsync<{ shop: import('@tidegate/shop').Shop }>} */
export const routes = async (app, { shop }) => {
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = toErrorAnswer(error, request.log)
    return reply.code(status).send(body)
  })

  app.get('/products', async (/** @type {Request<{ Querystring: { page?: string } }>} */ { query }) =>
    shop.products(query.page),
  )

  app.get('/products/:id', async (/** @type {Request<{ Params: { id: string } }>} */ { params }) =>
    shop.product(params.id),
  )

  app.post('/orders', async ({ body }, reply) => {
    const { id, isNew } = await shop.order(body)
    return reply.code(isNew ? 201 : 200).send({ id })
  })

  // While Redis is failing it is answered 503 without being called; every other route goes on.
  app.get('/recommendations', { config: { requires: ['redis'] } }, async () => shop.recommendations())

  app.get('/reports/sales', async () => shop.salesReport())
}
