import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { startPostgres, startRedis } from '@tidegate/services'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

import { run } from '../src/run.js'

const consumer = inject('consumer')
const specifiers = inject('packages').flatMap((each) => each.specifiers)

const node = (args: string[], env?: NodeJS.ProcessEnv): Promise<string> => run(process.execPath, args, consumer, env)

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

describe('a strict TypeScript project that checks its libraries, too', () => {
  let services: { env: NodeJS.ProcessEnv; close(): Promise<unknown> }

  beforeAll(async () => {
    const imports = specifiers.map((specifier, index) => `import * as module${index} from '${specifier}'`)
    const requires = specifiers.map((specifier, index) => `import module${index} = require('${specifier}')`)
    const all = `export const all: object[] = [${specifiers.map((_, index) => `module${index}`).join(', ')}]`
    await writeFile(join(consumer, 'all.mts'), [...imports, all].join('\n'))
    await writeFile(join(consumer, 'all.cts'), [...requires, all].join('\n'))
    await copyFile(join(consumer, 'shop.ts'), join(consumer, 'shop.mts'))
    await copyFile(join(consumer, 'shop.ts'), join(consumer, 'shop.cts'))
    await node(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'])

    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    services = {
      env: { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url },
      close: () => Promise.all([postgres.close(), redis.close()]),
    }
  })
  afterAll(() => services?.close())

  it.each(['dist/all.mjs', 'dist/all.cjs'])('loads every package in %s', async (program) => {
    await expect(node([program])).resolves.toBe('')
  })

  it.each(['dist/shop.mjs', 'dist/shop.cjs'])(
    'serves, reports its health and ends by itself as %s',
    async (program) => {
      const output = await node([program], services.env)
      expect(output).toContain('/recommend 200 [{"title":"Tides"}]\n')
      expect(output).toMatch(/^\/healthz 200 \{"status":"pass"/m)
    },
  )
})
