import type { IncomingMessage, ServerResponse } from 'node:http'

import { Router } from '@koa/router'
import type { SuiteApp } from '@tidegate/testing'
import type Koa from 'koa'

import { requires, tidegate } from '../../src/index.ts'

type Callback = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The app of the suite by this Koa. */
export function callbackBy(Application: typeof Koa, { lifecycle, routes, refuseWith }: SuiteApp): Callback {
  const app = new Application()
  // Handlers that throw are part of the suite.
  app.silent = true
  app.use((context, next) => {
    if (refuseWith === undefined) return next()
    context.status = refuseWith
  })
  app.use(tidegate(lifecycle))
  const router = new Router()
  for (const { method, path, requires: names, handle } of routes) {
    router[method](path, ...names.map((name) => requires(lifecycle, name)), async (context) => {
      const body = await handle(context.req, context.res)
      if (body === undefined) context.respond = false
      else context.body = body
    })
  }
  return app.use(router.routes()).callback()
}
