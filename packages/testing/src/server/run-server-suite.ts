import assert from 'node:assert/strict'

import { declareSuite } from '../suite.ts'
import type { SuiteOptions } from '../suite.ts'
import type { ServerFactory } from './server-factory.ts'
import { serverTests } from './server-tests.ts'
import { Stage } from './stage.ts'

/**
 * Holds the servers that `factory` makes to what Tidegate promises its clients and whoever routes to it, over real
 * sockets. Every test gets a server and a lifecycle of its own.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, when a deviation names no test.
 */
export function runServerSuite(name: string, factory: ServerFactory, options: SuiteOptions): void {
  declareSuite(name, serverTests, options, async ({ setting, run }) => {
    const stage = new Stage(setting)
    try {
      await stage.open(factory)
      await run(stage)
    } finally {
      await stage.close()
    }
    assert.equal(stage.isOpen, false, 'the server still listens: the lifecycle does not know of it')
  })
}
