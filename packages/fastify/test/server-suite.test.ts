import { runServerSuite } from '@tidegate/testing'
import { fastify as newest } from 'fastify'
import { fastify as oldest } from 'fastify-oldest'
import { describe, test } from 'vitest'

import { serveApp } from './support/serve-app.ts'

runServerSuite('Fastify 5', (app) => serveApp(newest(), app), { describe, test })
runServerSuite('the oldest Fastify 5', (app) => serveApp(oldest(), app), { describe, test })
