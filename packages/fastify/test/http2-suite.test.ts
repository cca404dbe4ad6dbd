import { runHttp2Suite } from '@tidegate/testing'
import { fastify as newest } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { fastify as oldest } from 'fastify-oldest'
import { describe, test } from 'vitest'

import { serveApp } from './support/serve-app.ts'

/** The same app: that its server is another shows in its types alone. */
function http2By(fastify: typeof newest): FastifyInstance {
  return fastify({ http2: true }) as unknown as FastifyInstance
}

runHttp2Suite('Fastify 5 over HTTP/2', (app) => serveApp(http2By(newest), app), { describe, test })
runHttp2Suite('the oldest Fastify 5 over HTTP/2', (app) => serveApp(http2By(oldest), app), { describe, test })
