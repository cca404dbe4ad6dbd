/** @typedef {import('@tidegate/core').Duration} Duration */

const { env } = process

export const config = {
  port: Number(env.PORT ?? 3000),
  databaseUrl: env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  redisUrl: env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  /** Between two checks of a dependency. */
  checkInterval: /** @type {Duration} */ (env.CHECK_INTERVAL ?? '10s'),
  /** From SIGTERM to SIGKILL, as the orchestrator counts it. */
  gracePeriod: /** @type {Duration} */ (env.GRACE_PERIOD ?? '30s'),
  /** How long to go on serving after SIGTERM, until the balancer has heard; Tidegate chooses when it is not given. */
  lameDuck: /** @type {Duration | undefined} */ (env.LAME_DUCK),
}
