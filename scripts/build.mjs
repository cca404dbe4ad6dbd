// Builds every package twice with tsc alone: dist/esm, and dist/cjs beside its own package.json.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const packages = fileURLToPath(new URL('../packages', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

// `bundler` lets `.ts` and `.js` extensions resolve as they do for ESM.
const COMMONJS = '--module commonjs --moduleResolution bundler --verbatimModuleSyntax false'.split(' ')

/** @param {string} name */
async function build(name) {
  const folder = join(packages, name)
  const compile = (/** @type {string} */ outDir, /** @type {string[]} */ ...flags) =>
    run(process.execPath, [tsc, '-p', join(folder, 'tsconfig.json'), '--outDir', outDir, ...flags]).catch((error) => {
      throw new Error(`@tidegate/${name} does not compile:\n${error.stdout}${error.stderr}`)
    })
  // Aside, then renamed: nobody loads half a build, and one that fails leaves the last.
  const draft = join(folder, `dist-${process.pid}`)
  try {
    await all([compile(join(draft, 'esm')), compile(join(draft, 'cjs'), ...COMMONJS)])
    await writeFile(join(draft, 'cjs/package.json'), '{ "type": "commonjs" }\n')
    await rm(join(folder, 'dist'), { recursive: true, force: true })
    await rename(draft, join(folder, 'dist'))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/**
 * As Promise.all, but a failure leaves nothing behind that still writes files.
 * @param {Promise<unknown>[]} tasks
 */
async function all(tasks) {
  await Promise.allSettled(tasks)
  await Promise.all(tasks)
}

const names = (await readdir(packages)).filter((name) => existsSync(join(packages, name, 'tsconfig.json')))
try {
  // Everything else compiles against core's declarations.
  await build('core')
  await all(names.filter((name) => name !== 'core').map(build))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
