import { createServer } from 'node:http'

import { createHttpProber, runProbeSuite } from '@tidegate/testing'
import type { ProberFactory } from '@tidegate/testing'
import express5 from 'express'
import express4 from 'express4'
import { describe, test } from 'vitest'

import { tidegate } from '../src/index.ts'

/** On a server that nobody attached, where the adapter answers. */
function askOf(express: typeof express5): ProberFactory {
  return (lifecycle) => createHttpProber(createServer(express().use(tidegate(lifecycle))))
}

runProbeSuite('Express 5', askOf(express5), { describe, test })
runProbeSuite('Express 4', askOf(express4), { describe, test })
