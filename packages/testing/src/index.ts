export { runServerSuite } from './server/run-server-suite.ts'
export type { ServerFactory, SuiteApp, SuiteRoute } from './server/server-factory.ts'
export type { SuiteOptions } from './suite.ts'
