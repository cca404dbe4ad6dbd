import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'
import { parseAst } from 'vitest/node'

import { breakPromise, pathOf } from '../src/mutant.js'
import { mutants } from '../src/mutants.js'
import { findServerSuites } from '../src/server-suites.js'

test.each(mutants)('there is still something to break: $name', (mutant) => {
  const text = readFileSync(pathOf(mutant), 'utf8')

  const broken = breakPromise(mutant, text)
  expect(broken).not.toBe(text)
  expect(() => parseAst(broken, { lang: 'ts' })).not.toThrow()
})

test('mutants are told apart by their names', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})

test('no two mutants are the same', () => {
  const edits = mutants.map(({ file, find, replace }) => `${file}: ${find} → ${replace}`)

  expect(new Set(edits).size).toBe(mutants.length)
})

describe('a mutant', () => {
  const mutant = { name: 'forgets', file: 'drain/drain.ts', find: 'mark()', replace: 'forget()' }

  test('changes its text, as it stands, and nothing else', () => {
    const literal = { ...mutant, replace: '$& and $1' }

    expect(breakPromise(mutant, 'a; mark(); b')).toBe('a; forget(); b')
    expect(breakPromise(literal, 'a; mark(); b')).toBe('a; $& and $1; b')
  })

  test.each([
    ['is gone', 'a; b', '0 times'],
    ['is no longer the only one', 'mark(); mark()', '2 times'],
  ])('does not apply when its text %s', (_, text, times) => {
    expect(() => breakPromise(mutant, text)).toThrow(`"forgets" does not apply: packages/core/src/drain/drain.ts`)
    expect(() => breakPromise(mutant, text)).toThrow(times)
  })
})

test.each([
  ['http1', ['express', 'fastify', 'koa', 'testing']],
  ['http2', ['fastify', 'koa', 'testing']],
] as const)('every adapter for %s has a suite that a mutant has to get past', (protocol, adapters) => {
  const packages = findServerSuites(protocol).map((path) => path.split('/')[1])

  expect(packages).toEqual(expect.arrayContaining([...adapters]))
})
