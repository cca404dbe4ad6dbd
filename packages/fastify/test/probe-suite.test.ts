import { runProbeSuite, toProber } from '@tidegate/testing'
import { fastify } from 'fastify'
import { describe, test } from 'vitest'

import { tidegate } from '../src/index.ts'

runProbeSuite(
  'Fastify 5, by inject',
  async (lifecycle) => {
    const app = fastify()
    await app.register(tidegate, { lifecycle })
    return toProber(async (url) => (await app.inject(url)).statusCode)
  },
  { describe, test },
)
