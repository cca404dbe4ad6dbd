import { createServer } from 'node:http2'

import { runHttp2Suite } from '@tidegate/testing'
import type { ServerFactory } from '@tidegate/testing'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { describe, test } from 'vitest'

import { callbackBy } from './support/callback-by.ts'

function serveBy(Koa: typeof Koa3): ServerFactory {
  return (app) => {
    const serve = callbackBy(Koa, app)
    // Koa takes them as they are; its types name only those of HTTP/1.1.
    return createServer((request, response) => void serve(request as never, response as never))
  }
}

runHttp2Suite('Koa 3 over HTTP/2', serveBy(Koa3), { describe, test })
runHttp2Suite('Koa 2 over HTTP/2', serveBy(Koa2), { describe, test })
