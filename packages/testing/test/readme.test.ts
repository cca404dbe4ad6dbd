import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { dependencyTests } from '../src/dependency/dependency-tests.ts'
import { http2Tests } from '../src/http2/http2-tests.ts'
import { probeTests } from '../src/probe/probe-tests.ts'
import { serverTests } from '../src/server/server-tests.ts'
import type { SuiteTest } from '../src/suite.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

const readme = read('../README.md')

const suites: readonly (readonly [suite: string, tests: readonly SuiteTest[]])[] = [
  ['server', serverTests],
  ['HTTP/2', http2Tests],
  ['dependency', dependencyTests],
  ['probe', probeTests],
]

describe.each(suites)('the %s suite', (suite, tests) => {
  test('has each test in the README with what it exercises, and no other', () => {
    const section = readme.split(`\n### Of the ${suite} suite\n`)[1]?.split('\n### ')[0] ?? ''
    const rows = section.slice(section.indexOf('| test | exercises |')).trim().split('\n').slice(2)

    expect(rows).toEqual(tests.map(({ name, exercises }) => `| ${name} | ${exercises} |`))
  })

  test('has names that tell its tests apart: deviations are declared by them', () => {
    expect(new Set(tests.map(({ name }) => name)).size).toBe(tests.length)
  })
})

test.each(['hono.test.ts', 'support/store.ts', 'support/store-hands.ts', 'store.test.ts', 'hono-probes.test.ts'])(
  'the example in the README is one that runs: %s',
  (path) => {
    expect(readme).toContain(`\`\`\`ts\n${read(`./${path}`)}\`\`\`\n`)
  },
)

test('the README declares deviations of tests that there are', () => {
  const declared = [...readme.matchAll(/deviations: \{ '([^']+)'/g)].map(([, name]) => name)

  expect(declared).not.toEqual([])
  expect(suites.flatMap(([, tests]) => tests.map(({ name }) => name))).toEqual(expect.arrayContaining(declared))
})
