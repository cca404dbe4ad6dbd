import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { afterEach, expect, it, vi } from 'vitest'

import { nodeBinary } from '../src/node-binary.js'

afterEach(() => vi.unstubAllEnvs())

async function versionOf(node: string): Promise<string> {
  const { stdout } = await promisify(execFile)(node, ['--print', 'process.version'])
  return stdout.trim()
}

it.each([20, 22, 24, 26])('finds Node.js %i', async (major) => {
  expect(await versionOf(nodeBinary(major))).toMatch(new RegExp(`^v${major}\\.`))
})

it('takes the one that the environment names', () => {
  vi.stubEnv('NODE22', '/opt/node22/bin/node')
  expect(nodeBinary(22)).toBe('/opt/node22/bin/node')
})

it('says what to do where npm has none', () => {
  vi.stubEnv('NODE22', '')
  expect(() => nodeBinary(22, 'sunos-x64')).toThrow(
    'No Node.js 22 for the tests: test/matrix/package.json has no node22-sunos-x64, or it is not installed: ' +
      'set NODE22 to the path of one',
  )
})

it('is what runs the tests of its turn, and what they spawn', async () => {
  const meant = process.env['TIDEGATE_TEST_NODE'] ?? process.version
  expect(process.version).toBe(meant)
  expect(await versionOf(process.execPath)).toBe(meant)
})
