import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { serverTests } from '../src/server/server-tests.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

test('the README says of every test of the server suite what it exercises, and of no other', () => {
  const table = readme.slice(readme.indexOf('| test | exercises |'))
  const rows = table.trim().split('\n').slice(2)

  expect(rows).toEqual(serverTests.map(({ name, exercises }) => `| ${name} | ${exercises} |`))
})

test('the names of tests tell them apart: deviations are declared by them', () => {
  expect(new Set(serverTests.map(({ name }) => name)).size).toBe(serverTests.length)
})

test('the example in the README is one that runs', () => {
  expect(readme).toContain(`\`\`\`ts\n${read('./hono.test.ts')}\`\`\`\n`)
})

test('the README declares deviations of tests that there are', () => {
  const declared = [...readme.matchAll(/deviations: \{ '([^']+)'/g)].map(([, name]) => name)

  expect(declared).not.toEqual([])
  expect(serverTests.map(({ name }) => name)).toEqual(expect.arrayContaining(declared))
})
