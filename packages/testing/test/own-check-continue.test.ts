import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'

import { describe, test } from 'vitest'

import { runServerSuite } from '../src/index.ts'
import type { SuiteApp } from '../src/index.ts'
import { listenerOf } from './support/listener-of.ts'

/** As hapi does, which hands what comes to either listener to its router. */
runServerSuite('a framework that listens for `Expect: 100-continue` itself', serve, { describe, test })

function serve(app: SuiteApp): ReturnType<typeof createServer> {
  const listener = listenerOf(app)
  const askOn: RequestListener = (request, response) => {
    response.writeContinue()
    listener(request, response)
  }
  return createServer(listener).on('checkContinue', askOn)
}
