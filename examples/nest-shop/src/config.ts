import type { Duration } from '@tidegate/core'

export interface Config {
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Between two checks of a dependency. */
  readonly checkInterval: Duration
  /** From SIGTERM to SIGKILL, as the orchestrator counts it. */
  readonly gracePeriod: Duration
  /** How long to go on serving after SIGTERM, until the balancer has heard; Tidegate chooses when it is not given. */
  readonly lameDuck: Duration | undefined
}

export function readConfig({ env } = process): Config {
  return {
    port: Number(env['PORT'] ?? 3000),
    databaseUrl: env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres',
    redisUrl: env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    checkInterval: (env['CHECK_INTERVAL'] ?? '10s') as Duration,
    gracePeriod: (env['GRACE_PERIOD'] ?? '30s') as Duration,
    lameDuck: env['LAME_DUCK'] as Duration | undefined,
  }
}
