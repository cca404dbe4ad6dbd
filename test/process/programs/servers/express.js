import { tidegate } from '@tidegate/express'
import express from 'express'

/** @type {import('../../harness/handler.ts').Serve} */
export async function serve(lifecycle, handle) {
  const app = express()
  app.use(tidegate(lifecycle))
  app.use((request, response, next) => {
    handle(request, response).then((body) => {
      if (typeof body === 'string') response.send(body)
      else body?.pipe(response)
    }, next)
  })
  return lifecycle.listen(app, 0, '127.0.0.1')
}
