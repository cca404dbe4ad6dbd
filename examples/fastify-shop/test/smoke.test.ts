import { runSmokeTests } from '@tidegate/shop/test-support'

runSmokeTests('Fastify', new URL('../src/server.js', import.meta.url))
