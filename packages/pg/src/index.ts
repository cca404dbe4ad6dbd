export { postgres } from './postgres.ts'
export type { PostgresDependencyOptions } from './postgres-options.ts'
export type { PostgresPool, PostgresStatement } from './postgres-pool.ts'
