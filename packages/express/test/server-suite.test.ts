import { createServer } from 'node:http'

import { runServerSuite } from '@tidegate/testing'
import type { ServerFactory } from '@tidegate/testing'
import express5 from 'express'
import express4 from 'express4'
import { describe, test } from 'vitest'

import { requires, tidegate } from '../src/index.ts'

function serveBy(express: typeof express5): ServerFactory {
  return ({ lifecycle, routes, refuseWith }) => {
    const app = express()
    app.use((_request, response, next) => {
      if (refuseWith === undefined) next()
      else response.sendStatus(refuseWith)
    })
    app.use(tidegate(lifecycle))
    for (const { method, path, requires: names, handle } of routes) {
      const needs = names.map((name) => requires(lifecycle, name))
      app[method](path, ...needs, async (request, response, next) => {
        try {
          const body = await handle(request, response)
          if (typeof body === 'string') response.send(body)
          else body?.pipe(response)
        } catch (error) {
          // Express 4 hears of nothing that an async handler rejects with.
          next(error)
        }
      })
    }
    return createServer(app)
  }
}

runServerSuite('Express 5', serveBy(express5), { describe, test })
runServerSuite('Express 4', serveBy(express4), { describe, test })
