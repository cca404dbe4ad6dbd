import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'

import { run } from '../src/run.js'

const { resolve } = createRequire(import.meta.url)
const attw = join(dirname(resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')
const consumer = inject('consumer')

describe.each(inject('packages'))('$name', ({ name, tarball, files, manifest }) => {
  it('holds what was built, its manifest, licence and README, nothing else', () => {
    const expected = /^(package\.json|LICENSE|README\.md|dist\/(esm|cjs)\/(package\.json|.+\.js|.+\.d\.ts))$/
    expect(files.filter((file) => !expected.test(file))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', ...entryFiles(manifest.exports)]))
  })

  it('has a manifest that means something outside the workspace', () => {
    const json = JSON.stringify(manifest)
    for (const inner of ['workspace:', 'catalog:', '@tidegate/source', 'src/']) expect(json).not.toContain(inner)
  })

  it('passes publint', async () => {
    const pkgDir = join(consumer, 'node_modules', name)
    const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  it('has types that every module resolution finds', async () => {
    const report = run(process.execPath, [attw, tarball, '--no-color', '--no-emoji'], consumer)
    await expect(report).resolves.toContain('No problems found')
  })
})

/** Every file that `exports` names, below the package's folder. */
function entryFiles(exports: unknown): string[] {
  if (typeof exports === 'string') return exports === './package.json' ? [] : [exports.replace('./', '')]
  return Object.values(exports as Readonly<Record<string, unknown>>).flatMap(entryFiles)
}
