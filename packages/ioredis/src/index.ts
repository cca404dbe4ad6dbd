export { redis } from './redis.ts'
export type { RedisDependencyOptions } from './redis-options.ts'
