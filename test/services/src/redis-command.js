import { findProgram } from './find-program.js'
import { run } from './run.js'

/**
 * Asks a Redis one thing. Rejects when it refuses, or is not there.
 *
 * @param {import('./start-redis.js').RedisConnection} connection
 * @param {...string} command
 * @returns {Promise<string>}
 */
export async function redisCommand({ host, port }, ...command) {
  const cli = await findProgram('redis-cli', { debian: 'redis-tools', homebrew: 'redis' })
  // -e: what is refused is an exit code of 1, and not an answer.
  return run(cli, ['-h', host, '-p', `${port}`, '-e', ...command], { timeout: 30_000 })
}
