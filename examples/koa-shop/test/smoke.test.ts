import { runSmokeTests } from '@tidegate/shop/test-support'

runSmokeTests('Koa', new URL('../src/server.js', import.meta.url))
