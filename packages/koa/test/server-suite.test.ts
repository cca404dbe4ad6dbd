import { createServer } from 'node:http'

import { Router } from '@koa/router'
import { runServerSuite } from '@tidegate/testing'
import type { ServerFactory } from '@tidegate/testing'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { describe, test } from 'vitest'

import { requires, tidegate } from '../src/index.ts'

function serveBy(Koa: typeof Koa3): ServerFactory {
  return ({ lifecycle, routes, refuseWith }) => {
    const app = new Koa()
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
    const serve = app.use(router.routes()).callback()
    return createServer((request, response) => void serve(request, response))
  }
}

runServerSuite('Koa 3', serveBy(Koa3), { describe, test })
runServerSuite('Koa 2', serveBy(Koa2), { describe, test })
