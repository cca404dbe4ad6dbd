import { expect, test } from 'vitest'

import { earlyExitFrom } from '../../src/process/watch-early-exit.ts'

const OURS = ['Error: where the exit began', 'at process.onExit (/app/node_modules/@tidegate/core/dist/watch.js:19:30)']
const EMIT = 'at process.emit (node:events:524:28)'
const stack = (...frames: string[]): string => [...OURS, EMIT, ...frames].join('\n    ')

test.each([
  ['as a method', 'at process.exit (node:internal/process/per_thread:184:15)'],
  ['as an imported function', 'at exit (node:internal/process/per_thread:240:15)'],
])('names who has called process.exit, %s', (_, exit) => {
  const { cause, advice } = earlyExitFrom(stack(exit, 'at process.stop (file:///app/legacy.js:3:11)', EMIT))
  expect(cause).toBe('process.exit() was called at process.stop (file:///app/legacy.js:3:11)')
  expect(advice).toContain('leave the exit to the lifecycle')
})

test('names whose event it was when process.exit listens to one', () => {
  const exit = 'at EventEmitter.exit (node:internal/process/per_thread:184:15)'
  const { cause } = earlyExitFrom(
    stack(exit, 'at EventEmitter.emit (node:events:524:28)', 'at stop (/app/pool.js:9:8)'),
  )
  expect(cause).toBe('process.exit() was called at stop (/app/pool.js:9:8)')
})

test('has nobody to name when process.exit is the callback of a timer', () => {
  const exit = 'at Timeout.exit [as _onTimeout] (node:internal/process/per_thread:184:15)'
  expect(earlyExitFrom(stack(exit, 'at listOnTimeout (node:internal/timers:581:17)')).cause).toBe(
    'process.exit() was called by Node, or as the callback of a timer or of an event',
  )
})

test('tells an exception from a call', () => {
  const { cause, advice } = earlyExitFrom(stack('at process._fatalException (node:internal/process/execution:195:19)'))
  expect(cause).toBe('nobody has caught an exception')
  expect(advice).toContain("shutdown.onCrash: 'drain'")
})

test('names what has kept the process from going on, when nothing is left that could wake it', () => {
  const byNode = stack()
  expect(earlyExitFrom(byNode, true)).toEqual({
    cause: 'nothing is left that could wake it',
    advice: 'a hook waits for something that will never come',
  })
  expect(earlyExitFrom(byNode, false).cause).toBe('nobody has caught an exception')
})
