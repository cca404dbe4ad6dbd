import { ServerResponse } from 'node:http'
import { Http2ServerResponse } from 'node:http2'
import { Duplex } from 'node:stream'

import type { LongLivedTarget } from '../drain/farewell.ts'
import { LifecycleError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { LongLivedSubject } from './lifecycle.ts'

/** @throws {LifecycleError} `TIDEGATE_CONFIG` */
export function longLivedTarget(what: LongLivedSubject): LongLivedTarget {
  const target: unknown = what instanceof Http2ServerResponse ? what.stream : what
  if (target instanceof ServerResponse || target instanceof Duplex) return target as LongLivedTarget
  const advice = "give it node's own response (Koa's ctx.res, Fastify's reply.raw), or the socket of an upgrade"
  throw new LifecycleError('TIDEGATE_CONFIG', `longLived() was given ${describeValue(what)}; ${advice}`)
}
