import { createServer } from 'node:http'

import { runServerSuite } from '@tidegate/testing'
import type { ServerFactory } from '@tidegate/testing'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { describe, test } from 'vitest'

import { callbackBy } from './support/callback-by.ts'

function serveBy(Koa: typeof Koa3): ServerFactory {
  return (app) => {
    const serve = callbackBy(Koa, app)
    return createServer((request, response) => void serve(request, response))
  }
}

runServerSuite('Koa 3', serveBy(Koa3), { describe, test })
runServerSuite('Koa 2', serveBy(Koa2), { describe, test })
