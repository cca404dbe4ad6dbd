import { runSmokeTests } from '@tidegate/shop/test-support'

runSmokeTests('Express', new URL('../src/server.js', import.meta.url))
