import { expect, test } from 'vitest'

import { judge } from '../src/verdict.js'

const MUTANT = { name: 'forgets', file: 'drain/drain.ts', find: 'mark()', replace: 'forget()' }
const SPARING = { ...MUTANT, spares: { Koa: 'it cannot see it' } }
const SUITES = ['Express', 'Koa']

test('a mutant that every suite notices is killed', () => {
  const failures = new Map([
    ['Express', 'marks'],
    ['Koa', 'marks'],
  ])

  expect(judge(MUTANT, SUITES, failures)).toEqual({ killed: true, lines: ['marks: every suite'] })
})

test('a mutant that one suite does not notice lives', () => {
  const failures = new Map([['Express', 'marks']])

  expect(judge(MUTANT, SUITES, failures)).toEqual({ killed: false, lines: ['marks: Express', 'ALIVE: Koa'] })
})

test('a mutant may spare a suite that is declared, with the reason', () => {
  const failures = new Map([['Express', 'marks']])

  expect(judge(SPARING, SUITES, failures)).toEqual({
    killed: true,
    lines: ['marks: Express', 'spared, because it cannot see it: Koa'],
  })
})

test('a spared suite that notices is not declared rightly', () => {
  const failures = new Map([
    ['Express', 'marks'],
    ['Koa', 'ends'],
  ])

  expect(judge(SPARING, SUITES, failures)).toEqual({
    killed: false,
    lines: ['marks: Express', 'ends, although declared spared: Koa'],
  })
})
