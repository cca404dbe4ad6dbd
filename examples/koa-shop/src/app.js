import { Router } from '@koa/router'
import { requires } from '@tidegate/koa'
import { readJson, toErrorAnswer } from '@tidegate/shop'
import Koa from 'koa'

/**
 * @param {import('@tidegate/shop').ShopLifecycle} lifecycle
 * @param {import('@tidegate/shop').Shop} shop
 */
export function createApp(lifecycle, shop) {
  const app = new Koa()
  app.use(async (context, next) => {
    try {
      await next()
    } catch (error) {
      const { status, body } = toErrorAnswer(error, lifecycle.logger)
      context.status = status
      context.body = body
    }
  })

  const router = new Router()

  router.get('/products', (context) => {
    context.body = shop.products(context.query.page)
  })

  router.get('/products/:id', async (context) => {
    context.body = await shop.product(context.params.id)
  })

  router.post('/orders', async (context) => {
    const { id, isNew } = await shop.order(await readJson(context.req))
    context.status = isNew ? 201 : 200
    context.body = { id }
  })

  // While Redis is failing it is answered 503 without being called; every other route goes on.
  router.get('/recommendations', requires(lifecycle, 'redis'), async (context) => {
    context.body = await shop.recommendations()
  })

  router.get('/reports/sales', async (context) => {
    context.body = await shop.salesReport()
  })

  app.use(router.routes())
  return app
}
