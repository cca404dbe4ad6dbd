import type { RequestListener } from 'node:http'
import { createSecureServer, createServer } from 'node:http2'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

import { CERTIFICATE } from '@tidegate/certificate'
import { describe, test } from 'vitest'

import { runHttp2Suite } from '../src/index.ts'
import type { SuiteApp } from '../src/index.ts'
import { listenerOf } from './support/listener-of.ts'
import { streamListenerOf } from './support/stream-listener-of.ts'

type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void

/** The same listener: the compatibility layer has what it needs. */
function http2ListenerOf(app: SuiteApp): Http2Listener {
  const listener: RequestListener = listenerOf(app)
  return listener as unknown as Http2Listener
}

runHttp2Suite('node:http2', (app) => createSecureServer(CERTIFICATE, http2ListenerOf(app)), { describe, test })

runHttp2Suite('node:http2 in the clear', (app) => createServer(http2ListenerOf(app)), { describe, test })

const NO_ADAPTER = 'an application of nothing but streams has no adapter, and attaches its server'

runHttp2Suite('node:http2 by streams', (app) => createServer().on('stream', streamListenerOf(app)), {
  describe,
  test,
  deviations: {
    'answers probes on a server that nobody attached': NO_ADAPTER,
    'drains a server that nobody attached': NO_ADAPTER,
  },
})
