import assert from 'node:assert/strict'

import type { ServerFactory } from '../server/server-factory.ts'
import { declareSuite } from '../suite.ts'
import type { SuiteOptions } from '../suite.ts'
import { Http2Stage } from './http2-stage.ts'
import { http2Tests } from './http2-tests.ts'

/**
 * Holds the HTTP/2 servers that `factory` makes, secure or in the clear, to what Tidegate promises its clients and whoever
 * routes to it, over real sessions. Every test gets a server and a lifecycle of its own.
 *
 * Of the request and the response that handlers are called with no test does more than read an upload: a server that has
 * only streams hands these on.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, when a deviation names no test.
 */
export function runHttp2Suite(name: string, factory: ServerFactory, options: SuiteOptions): void {
  declareSuite(name, http2Tests, options, async ({ setting, run }) => {
    const stage = new Http2Stage(setting)
    try {
      await stage.open(factory)
      await run(stage)
    } finally {
      await stage.close()
    }
    assert.equal(stage.server.listening, false, 'the server still listens: the lifecycle does not know of it')
  })
}
