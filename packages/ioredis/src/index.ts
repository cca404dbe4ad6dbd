export { redisFleet } from './redis-fleet.ts'
export type { RedisFleetOptions } from './redis-fleet.ts'
export { redis } from './redis.ts'
