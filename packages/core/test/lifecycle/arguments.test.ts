import { createServer as createNetServer } from 'node:net'
import { PassThrough } from 'node:stream'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'

let lifecycle: Lifecycle

beforeEach(() => {
  lifecycle = createLifecycle({ logger: false })
})

afterEach(async () => {
  expect(lifecycle.phase).toBe('idle')
  expect(process.listenerCount('SIGTERM')).toBe(0)
  await lifecycle.shutdown()
})

function refusal(message: string): object {
  return expect.objectContaining({ code: 'TIDEGATE_CONFIG', message }) as object
}

const NO_SERVER =
  "give listen() a function such as an Express app or Koa's app.callback(), and attach() what http's createServer() returns"

/** An app is a function, as Express has it. */
const app = Object.assign(() => {}, { listen() {}, use() {} })

test.each([
  [{}, 'an object'],
  [app, 'a function'],
  [undefined, 'undefined'],
  [3000, '3000'],
  [createNetServer(), 'a server of another protocol'],
])('attach refuses %s', (given, what) => {
  expect(() => lifecycle.attach(given as never)).toThrow(
    refusal(`this is no server that answers requests but ${what}: ${NO_SERVER}`),
  )
})

test.each([
  [undefined, 'undefined'],
  [3000, '3000'],
  [{}, 'an object'],
])('listen refuses %s for a handler', async (given, what) => {
  await expect(lifecycle.listen(given as never)).rejects.toEqual(
    refusal(`this is no server that answers requests but ${what}: ${NO_SERVER}`),
  )
})

test.each(['drian', undefined, 'toString'])('addHook refuses the step %s', (step) => {
  expect(() => lifecycle.addHook(step as never, async () => {})).toThrow(
    refusal(`addHook('${step}', …): there are the steps drain, leave, drained, close`),
  )
})

test.each(['x', undefined, {}])('addHook refuses %s for a hook', (hook) => {
  expect(() => lifecycle.addHook('drain', hook as never)).toThrow(refusal(`addHook('drain', hook) needs a function`))
})

test.each([
  ['close', false],
  ['drained', 1_000],
] as const)('addHook refuses a limit of a %s hook that is %s', (step, limit) => {
  expect(() => lifecycle.addHook(step, async () => {}, { limit: limit as false })).toThrow(
    refusal(`addHook('${step}', hook, { limit: ${limit} }): leave it out, or give limit: false to a 'drained' hook`),
  )
})

test.each([undefined, '', {}])('hold refuses %s for a reason', (reason) => {
  expect(() => lifecycle.hold(reason as never)).toThrow(
    refusal("hold(reason) needs a reason: it is what the report shows, as hold('deploying')"),
  )
  expect(lifecycle.report().reasons).toEqual(['not-started'])
})

test.each([
  [{ lameduck: '5s' }, 'shutdown() has no option "lameduck"; there are reason and lameDuck'],
  ['x', 'shutdown() takes { reason, lameDuck }, not "x"'],
  [null, 'shutdown() takes { reason, lameDuck }, not null'],
  [{ reason: 3 }, 'shutdown() needs a text for its reason, not 3'],
  [{ lameDuck: true }, "shutdown() needs a duration such as '5s' for lameDuck, or false, not true"],
  [{ lameDuck: '5 parsecs' }, `shutdown() needs a duration such as '5s' for lameDuck, or false, not "5 parsecs"`],
  [{ lameDuck: 5 }, "shutdown() was given a lameDuck of 5 ms; did you mean '5s'?"],
])('shutdown(%o) rejects, and does not begin', async (call, message) => {
  await expect(lifecycle.shutdown(call as never)).rejects.toEqual(refusal(message))
})

test.each([
  [undefined, 'undefined'],
  [{}, 'an object'],
  ['/events', '"/events"'],
])('longLived refuses %s', (given, what) => {
  const advice = "give it node's own response (Koa's ctx.res, Fastify's reply.raw), or the socket of an upgrade"
  expect(() => lifecycle.longLived(given as never)).toThrow(refusal(`longLived() was given ${what}; ${advice}`))
})

test('longLived refuses what cannot be called to end it', () => {
  const message = 'longLived() was given 5; its second argument is a function that ends the first'
  expect(() => lifecycle.longLived(new PassThrough(), 5 as never)).toThrow(refusal(message))
})
