import type { RedisClient } from './redis-client.ts'

/** What one claim asks for. Times are the server's, in milliseconds. */
export interface LockQuestion {
  /**
   * `ask` for a place, or for one's turn; `renew` the one that is held; `leave`, whichever it is; `park`, to hold nothing, and be
   * waited for in the queue for a whole lease.
   */
  readonly step: 'ask' | 'renew' | 'leave' | 'park'
  /** Everything the lock keeps begins with this; in a Cluster it is all in one slot. */
  readonly prefix: string
  readonly claim: string
  readonly holders: number
  readonly lease: number
  /** How long a claim that waits is waited for. */
  readonly patience: number
}

export interface LockAnswer {
  readonly held: boolean
  /** How many claims have their turn before this one, those that hold the lock among them; 0 when it is held. */
  readonly before: number
}

/**
 * One step for all, because it has to be atomic. Who holds it is a member of a sorted set whose score is when its lease ends
 * by the server's clock. Who waits has a number in the queue, which goes up, and is in it as long as it is heard of.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holders, queue, heard = KEYS[1], KEYS[2], KEYS[3]
local step, me, limit, lease, patience = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local function forget(one)
  redis.call('ZREM', queue, one)
  redis.call('ZREM', heard, one)
end

redis.call('ZREMRANGEBYSCORE', holders, '-inf', now)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', heard, '-inf', now)) do forget(gone) end

if step == 'leave' then
  redis.call('ZREM', holders, me)
  forget(me)
  return { 0, 0 }
end

local held, before = redis.call('ZSCORE', holders, me), 0
if step == 'park' then
  -- It was given a place that nobody has heard of: it was the first in the queue.
  if held then
    redis.call('ZREM', holders, me)
    local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
    redis.call('ZADD', queue, (first[2] or 0) - 1, me)
    held = false
  end
  if redis.call('ZSCORE', queue, me) then redis.call('ZADD', heard, now + lease, me) end
end
if step == 'ask' and not held then
  if not redis.call('ZSCORE', queue, me) then
    local last = redis.call('ZRANGE', queue, -1, -1, 'WITHSCORES')
    redis.call('ZADD', queue, (last[2] or 0) + 1, me)
  end
  local holding, rank = redis.call('ZCARD', holders), redis.call('ZRANK', queue, me)
  if holding + rank < limit then
    forget(me)
    held = true
  else
    redis.call('ZADD', heard, now + patience, me)
    before = holding + rank
  end
end
if held then redis.call('ZADD', holders, now + lease, me) end

-- Others may have longer leases.
for index = 1, 3 do
  if redis.call('PTTL', KEYS[index]) < lease * 2 then redis.call('PEXPIRE', KEYS[index], lease * 2) end
end
return { held and 1 or 0, before }
`

export async function askLock(redis: RedisClient, question: LockQuestion): Promise<LockAnswer> {
  const { step, prefix, claim, holders, lease, patience } = question
  const keys = ['holders', 'queue', 'heard'].map((key) => `${prefix}:${key}`)
  const reply = await redis.eval(SCRIPT, keys.length, ...keys, step, claim, holders, lease, patience)
  const [held, before] = reply as [number, number]
  return { held: held === 1, before }
}
