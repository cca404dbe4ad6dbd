import { Readable } from 'node:stream'

import { createAdaptorServer } from '@hono/node-server'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Lifecycle } from '@tidegate/core'
import { runServerSuite } from '@tidegate/testing'
import type { ServerFactory } from '@tidegate/testing'
import { Hono } from 'hono'
import type { MiddlewareHandler } from 'hono'
import { describe, test } from 'vitest'

type Env = { Bindings: HttpBindings }

function tidegate(lifecycle: Lifecycle): MiddlewareHandler<Env> {
  return async ({ env }, next) => {
    if (await lifecycle.handle(env.incoming, env.outgoing)) return RESPONSE_ALREADY_SENT
    await next()
  }
}

function requires(lifecycle: Lifecycle, ...names: string[]): MiddlewareHandler<Env> {
  const requirement = lifecycle.requires(...names)
  return async (_context, next) => {
    const refusal = requirement()
    if (refusal !== undefined) return new Response(refusal.body, refusal)
    await next()
  }
}

const hono: ServerFactory = ({ lifecycle, routes, refuseWith }) => {
  const app = new Hono<Env>()
  app.onError((_error, context) => context.text('Internal Server Error', 500))
  if (refuseWith !== undefined) app.use(async (context) => context.body(null, refuseWith))
  app.use(tidegate(lifecycle))
  for (const { method, path, requires: names, handle } of routes) {
    for (const name of names) app.use(path, requires(lifecycle, name))
    app[method](path, async (context) => {
      const body = await handle(context.env.incoming, context.env.outgoing)
      if (body === undefined) return RESPONSE_ALREADY_SENT
      return typeof body === 'string' ? context.text(body) : context.body(Readable.toWeb(body))
    })
  }
  return createAdaptorServer(app)
}

runServerSuite('Hono', hono, { describe, test })
