import { runSmokeTests } from '@tidegate/shop/test-support'

runSmokeTests('node:http', new URL('../src/server.js', import.meta.url))
