import { requires } from '@tidegate/express'
import { toErrorAnswer } from '@tidegate/shop'
import express from 'express'

/**
 * @param {import('@tidegate/shop').ShopLifecycle} lifecycle
 * @param {import('@tidegate/shop').Shop} shop
 */
export function createApp(lifecycle, shop) {
  const app = express()
  app.use(express.json())

  app.get('/products', (request, response) => {
    response.json(shop.products(request.query.page))
  })

  app.get('/products/:id', async (request, response) => {
    response.json(await shop.product(request.params.id))
  })

  app.post('/orders', async (request, response) => {
    const { id, isNew } = await shop.order(request.body)
    response.status(isNew ? 201 : 200).json({ id })
  })

  // While Redis is failing it is answered 503 without being called; every other route goes on.
  app.get('/recommendations', requires(lifecycle, 'redis'), async (_request, response) => {
    response.json(await shop.recommendations())
  })

  app.get('/reports/sales', async (_request, response) => {
    response.json(await shop.salesReport())
  })

  /** @type {express.ErrorRequestHandler} */
  const answerError = (error, _request, response, next) => {
    const { status, body } = toErrorAnswer(error, lifecycle.logger)
    if (response.headersSent) next(error)
    else response.status(status).json(body)
  }
  app.use(answerError)
  return app
}
