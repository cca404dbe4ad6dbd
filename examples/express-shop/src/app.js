import { requires, tidegate } from '@tidegate/express'
import express from 'express'

import { createBestSellers } from './best-sellers.js'
import { HttpError } from './http-error.js'
import { placeOrder, readOrder } from './orders.js'
import { createProducts } from './products.js'
import { salesReport } from './sales-report.js'

const PRODUCTS_A_PAGE = 20

/**
 * @param {object} options
 * @param {import('@tidegate/core').Lifecycle<'postgres' | 'redis' | 'catalogue'>} options.lifecycle
 * @param {import('pg').Pool} options.pool
 * @param {import('ioredis').Redis} options.client
 * @param {import('@tidegate/core').Cache<'catalogue', import('./catalogue.js').Product[]>} options.catalogue
 */
export function createApp({ lifecycle, pool, client, catalogue }) {
  // Costs nothing to ask: the report is made when something changes, not when it is read.
  const isCacheUp = () => lifecycle.report().dependencies.redis.status === 'pass'
  const products = createProducts({ pool, client, isCacheUp })
  const bestSellers = createBestSellers(client)

  const app = express()
  app.use(tidegate(lifecycle))
  app.use(express.json())

  app.get('/products', (request, response) => {
    const start = PRODUCTS_A_PAGE * (Number(request.query.page) || 0)
    response.json(catalogue.get().slice(start, start + PRODUCTS_A_PAGE))
  })

  app.get('/products/:id', async (request, response) => {
    const product = await products.find(Number.parseInt(request.params.id, 10) || 0)
    if (product === undefined) throw new HttpError(404, 'there is no such product')
    response.json(product)
  })

  app.post('/orders', async (request, response) => {
    const order = readOrder(request.body)
    const isNew = await placeOrder(pool, order)
    if (isNew && isCacheUp()) bestSellers.count(order)
    response.status(isNew ? 201 : 200).json({ id: order.id })
  })

  // While Redis is failing it is answered 503 without being called; every other route goes on.
  app.get('/recommendations', requires(lifecycle, 'redis'), async (_request, response) => {
    const ids = await bestSellers.top(5).catch(() => {
      throw new HttpError(503, 'there are no recommendations at the moment')
    })
    response.json(ids)
  })

  app.get('/reports/sales', async (_request, response) => {
    response.json(await salesReport(pool))
  })

  /** @type {express.ErrorRequestHandler} */
  const answerError = (error, _request, response, next) => {
    const { status = 500, message, stack } = error
    if (status === 500) lifecycle.logger.error({ stack }, 'a request failed')
    if (response.headersSent) next(error)
    else response.status(status).json({ error: status === 500 ? 'something went wrong' : message })
  }
  app.use(answerError)
  return app
}
