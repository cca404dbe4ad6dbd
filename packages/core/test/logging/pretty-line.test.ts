import { expect, test } from 'vitest'

import { choosePaint } from '../../src/logging/paint.ts'
import { prettyLine } from '../../src/logging/pretty-line.ts'

const plain = choosePaint({}, false)
const write = (fields: object, message: string, bound: object = {}): string =>
  prettyLine('info', bound, fields, message, plain)

test('a line says when, how bad, and what, and then what the message does not tell', () => {
  expect(write({ rows: 3, kind: 'full' }, 'loaded 3')).toMatch(/^\d\d:\d\d:\d\d info {2}loaded 3 {2}kind=full$/)
  expect(prettyLine('error', {}, {}, 'gone', plain)).toMatch(/ error gone$/)
})

test('the service is named, without its version and instance', () => {
  const line = write({}, 'phase ready', { service: 'shop', version: '1.4.2', instance: 'pod-7' })
  expect(line).toMatch(/ shop: phase ready$/)
})

test('objects are left out, and an error is told by its stack below', () => {
  const error = new Error('no route to host')
  const [line, ...stack] = write({ nested: { a: 1 }, error }, 'failed').split('\n')
  expect(line).toMatch(/failed$/)
  expect(stack.join('\n')).toContain('  Error: no route to host')
})

test('nothing of it can steer the terminal or begin another line', () => {
  const line = write({ '\u001B[2Jkey': 'a\nb\u009B1A' }, 'gone\r\u001B[31m')
  expect(line).not.toMatch(/\p{Cc}/u)
  expect(line).toContain('gone\\x0d\\x1b[31m')
})

test('a line that tells how far something has come shows it as a bar', () => {
  const event = { state: 'progress', done: 3, total: 4 }
  expect(write(event, 'warm-up of catalog progress 3/4 pages')).toMatch(/3\/4 pages {2}█{18}░{6}$/)
  expect(write({ ...event, total: 0 }, 'none')).toMatch(/none$/)
  expect(write({ ...event, state: 'done' }, 'done')).toMatch(/done$/)
})

test('fields that throw when they are read are still told', () => {
  const fields = {
    rows: 3,
    get secret(): string {
      throw new Error('not yours')
    },
  }
  expect(write(fields, 'odd')).toContain('rows: 3')
})

test('colours are for terminals, unless NO_COLOR says something', () => {
  const paints = (env: NodeJS.ProcessEnv, isTerminal: boolean): boolean =>
    prettyLine('warn', {}, {}, 'slow', choosePaint(env, isTerminal)).includes('\u001B[33m')
  expect([paints({}, true), paints({ NO_COLOR: '' }, true)]).toEqual([true, true])
  expect([paints({}, false), paints({ NO_COLOR: '1' }, true)]).toEqual([false, false])
})
