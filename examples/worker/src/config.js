/** @typedef {import('@tidegate/core').Duration} Duration */

const { env } = process

export const config = {
  redisUrl: env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  /** How long it takes to pack an order, in milliseconds. */
  packingTime: Number(env.PACKING_TIME ?? 2000),
  /** From SIGTERM to SIGKILL, as the orchestrator counts it. */
  gracePeriod: /** @type {Duration} */ (env.GRACE_PERIOD ?? '30s'),
}
