import type { RedisClient } from './redis-client.ts'

/** What one instance says of itself, and asks. Times are the server's, in milliseconds. */
export interface FleetQuestion {
  /** Everything the fleet keeps begins with this; in a Cluster it is all in one slot. */
  readonly prefix: string
  readonly member: string
  readonly lease: number
  readonly serving: boolean
  /** Whether it wants to be out by its own verdict: to begin with, or still. */
  readonly wish: 'none' | 'ask' | 'keep'
  readonly maxPercent: number
  readonly dependencies: readonly {
    readonly name: string
    readonly passedAt?: number | undefined
    /** Whose checks have passed since then is asked, too. */
    readonly failingSince?: number | undefined
  }[]
}

export interface FleetAnswer {
  readonly now: number
  /** Whether it has a place among those that are out. */
  readonly out: boolean
  /** The fleet has not been heard of for a whole lease: instances may be missing. */
  readonly young: boolean
  readonly instances: number
  readonly outs: number
  /** In the order of `dependencies`: how many other instances say that it works, since then if that was asked. */
  readonly well: readonly number[]
}

/**
 * One step for all, because it has to be atomic. A lease is a member of a sorted set whose score is when it ends by the
 * server's clock. A place that was held is kept while the fleet is young: a server that has lost its data has given it to
 * nobody else.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local members, outs, born, me = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local lease, serving, wish, percent = tonumber(ARGV[2]), ARGV[3] == '1', ARGV[4], tonumber(ARGV[5])

redis.call('ZREMRANGEBYSCORE', members, '-inf', now)
redis.call('ZREMRANGEBYSCORE', outs, '-inf', now)
redis.call('SET', born, now, 'NX')
local young = now - tonumber(redis.call('GET', born)) < lease

if serving then redis.call('ZADD', members, now + lease, me) else redis.call('ZREM', members, me) end

local out = false
if serving and wish ~= 'none' then
  local fits = (redis.call('ZCARD', outs) + 1) * 100 <= redis.call('ZCARD', members) * percent
  out = redis.call('ZSCORE', outs, me) or (wish == 'keep' and young) or (not young and fits)
end
if out then redis.call('ZADD', outs, now + lease, me) else redis.call('ZREM', outs, me) end

local well = {}
for index = 4, #KEYS do
  local key, passed, since = KEYS[index], ARGV[index * 2 - 2], ARGV[index * 2 - 1]
  redis.call('ZREM', key, me)
  local count = 0
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', key, since, '+inf')) do
    if redis.call('ZSCORE', members, other) then count = count + 1 end
  end
  well[index - 3] = count
  if serving and passed ~= '' then redis.call('ZADD', key, passed, me) end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - 3600000)
  redis.call('PEXPIRE', key, 3600000)
end

for index = 1, 3 do redis.call('PEXPIRE', KEYS[index], lease * 2) end
return { now, out and 1 or 0, young and 1 or 0, redis.call('ZCARD', members), redis.call('ZCARD', outs), well }
`

export async function askFleet(redis: RedisClient, question: FleetQuestion): Promise<FleetAnswer> {
  const { prefix, member, lease, serving, wish, maxPercent, dependencies } = question
  const keys = ['members', 'out', 'born', ...dependencies.map(({ name }) => `passed:${name}`)]
  const times = dependencies.flatMap(({ passedAt, failingSince }) => [
    passedAt ?? '',
    failingSince === undefined ? '-inf' : `(${failingSince}`,
  ])
  const reply = await redis.eval(
    SCRIPT,
    keys.length,
    ...keys.map((key) => `${prefix}:${key}`),
    ...[member, lease, serving ? 1 : 0, wish, maxPercent, ...times],
  )
  const [now, out, young, instances, outs, well] = reply as [number, number, number, number, number, number[]]
  return { now, out: out === 1, young: young === 1, instances, outs, well }
}
