import { readdirSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

const FOLDERS = ['./', '../../../test/process/test/terminus/']

it('has a test for each difference that the README names, of the same name', () => {
  const files = FOLDERS.flatMap((folder) => readdirSync(new URL(folder, import.meta.url)).map((file) => folder + file))
  const tests = files.filter((file) => file.endsWith('.test.ts')).map(read)
  const titles = tests.flatMap((test) =>
    [...test.matchAll(/\bit\(\s*(['"])(.+?)\1,/g)].map(([, , title = '']) => title),
  )
  const [, table = ''] = read('../README.md').split('## What is different on purpose')
  const rows =
    table
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ')) ?? []
  const differences = rows.slice(1).map((row) => (row.split(' | ')[0] ?? '').slice(2).replaceAll('`', ''))
  expect(differences.length).toBeGreaterThan(15)
  expect(differences.filter((difference) => !titles.includes(difference))).toEqual([])
})
