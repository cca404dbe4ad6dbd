import { createServer } from 'node:http'

import { createHttpProber, runProbeSuite } from '@tidegate/testing'
import type { ProberFactory } from '@tidegate/testing'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { describe, test } from 'vitest'

import { tidegate } from '../src/index.ts'

/** On a server that nobody attached, where the adapter answers. */
function askOf(Koa: typeof Koa3): ProberFactory {
  return (lifecycle) => {
    const serve = new Koa().use(tidegate(lifecycle)).callback()
    return createHttpProber(createServer((request, response) => void serve(request, response)))
  }
}

runProbeSuite('Koa 3', askOf(Koa3), { describe, test })
runProbeSuite('Koa 2', askOf(Koa2), { describe, test })
