import { tidegate } from '@tidegate/koa'
import Koa from 'koa'

/** @type {import('../../harness/handler.ts').Serve} */
export async function serve(lifecycle, handle) {
  const app = new Koa()
  app.use(tidegate(lifecycle))
  app.use(async (context) => {
    const body = await handle(context.req, context.res)
    if (body === undefined) context.respond = false
    else context.body = body
  })
  return lifecycle.listen(app.callback(), 0, '127.0.0.1')
}
