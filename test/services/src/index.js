export { freePort } from './free-port.js'
export { startPostgres } from './start-postgres.js'
export { startRedis } from './start-redis.js'
