import { copyFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { startPostgres, startRedis } from '@tidegate/services'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

import { run } from '../src/run.js'

const consumer = inject('consumer')
const specifiers = inject('packages').flatMap((each) => each.specifiers)
const ALL = `export const all: object[] = [${specifiers.map((_, index) => `module${index}`).join(', ')}]`

// Both are installed in this repository, by its lockfile; what they read is the consumer's.
const { resolve } = createRequire(import.meta.url)
const jest = join(dirname(resolve('jest/package.json')), 'bin/jest.js')
const typescript5 = join(dirname(resolve('typescript5/package.json')), 'bin/tsc')

const node = (args: string[], env?: NodeJS.ProcessEnv): Promise<string> => run(process.execPath, args, consumer, env)

let services: { env: NodeJS.ProcessEnv; close(): Promise<unknown> }

beforeAll(async () => {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  services = {
    env: { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    close: () => Promise.all([postgres.close(), redis.close()]),
  }
})
afterAll(() => services?.close())

it('finds packages to look at', () => {
  expect(specifiers).toContain('@tidegate/core')
})

describe.each(specifiers)('%s', (specifier) => {
  it('gives the same names to import and to require', async () => {
    const [imported, required] = await Promise.all([
      node(['names-by-import.mjs', specifier]),
      node(['names-by-require.cjs', specifier]),
    ])
    expect(JSON.parse(required)).toEqual(JSON.parse(imported))
    expect(JSON.parse(imported)).not.toEqual([])
  })
})

const PROJECTS = [
  { title: 'TypeScript 7 under nodenext', tsc: 'node_modules/typescript/bin/tsc', folder: '.', to: ['mjs', 'cjs'] },
  { title: 'TypeScript 5.9 under node10', tsc: typescript5, folder: 'node10', to: ['js'] },
]

describe.each(PROJECTS)('a strict project that checks its libraries, too: $title', ({ tsc, folder, to }) => {
  beforeAll(async () => {
    for (const extension of to) {
      const source = (name: string): string => join(consumer, folder, `${name}.${extension.replace('js', 'ts')}`)
      await writeFile(source('all'), extension === 'cjs' ? allByRequire() : allByImport())
      await copyFile(join(consumer, 'shop.ts'), source('shop'))
    }
    await node([tsc, '-p', folder])
  })

  it.each(to)('loads every package as .%s', async (extension) => {
    await expect(node([join('dist', folder, `all.${extension}`)])).resolves.toBe('')
  })

  it.each(to)('serves, reports its health and ends by itself as .%s', async (extension) => {
    const output = await node([join('dist', folder, `shop.${extension}`)], services.env)
    expect(output).toContain('/recommend 200 [{"title":"Tides"}]\n')
    expect(output).toMatch(/^\/healthz 200 \{"status":"pass"/m)
  })
})

describe('a CommonJS project with Jest as it comes', () => {
  it('requires every package, tests a service, and runs the suite', async () => {
    await rename(join(consumer, 'shop.test.cjs'), join(consumer, 'shop.test.js'))
    const env = { ...services.env, SPECIFIERS: JSON.stringify(specifiers) }
    const { success, numPassedTests } = JSON.parse(await node([jest, '--json'], env))
    expect(success).toBe(true)
    expect(numPassedTests).toBeGreaterThan(specifiers.length + 30)
  })
})

function allByImport(): string {
  return [...specifiers.map((specifier, index) => `import * as module${index} from '${specifier}'`), ALL].join('\n')
}

function allByRequire(): string {
  return [...specifiers.map((specifier, index) => `import module${index} = require('${specifier}')`), ALL].join('\n')
}
