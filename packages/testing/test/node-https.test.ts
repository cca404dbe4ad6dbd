import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'

import { CERTIFICATE } from '@tidegate/certificate'
import { describe, test } from 'vitest'

import { runServerSuite } from '../src/index.ts'
import { listenerOf } from './support/listener-of.ts'

runServerSuite('node:https', (app) => createServer(CERTIFICATE, listenerOf(app)), { describe, test })

runServerSuite(
  'node:http2 with allowHTTP1',
  (app) => {
    const server = createSecureServer({ ...CERTIFICATE, allowHTTP1: true })
    return server.on('request', listenerOf(app))
  },
  { describe, test },
)
