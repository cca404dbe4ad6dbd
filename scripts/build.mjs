// Builds with tsc alone: every package twice (dist/esm, and dist/cjs beside its own package.json), and the examples that
// are written in TypeScript.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

// `bundler` lets `.ts` and `.js` extensions resolve as they do for ESM.
const COMMONJS = '--module commonjs --moduleResolution bundler --verbatimModuleSyntax false'.split(' ')

/**
 * Fills `dist` anew: aside, then renamed, so that nobody loads half a build, and one that fails leaves the last.
 *
 * @param {string} folder
 * @param {string} project its tsconfig
 * @param {(compile: (to: string, ...flags: string[]) => Promise<unknown>, draft: string) => Promise<void>} fill
 */
async function build(folder, project, fill) {
  const draft = join(folder, `dist-${process.pid}`)
  /** @type {Parameters<typeof fill>[0]} */
  const compile = (to, ...flags) =>
    run(process.execPath, [tsc, '-p', join(folder, project), '--outDir', join(draft, to), ...flags]).catch((error) => {
      throw new Error(`${relative(root, folder)} does not compile:\n${error.stdout}${error.stderr}`)
    })
  try {
    await fill(compile, draft)
    await rm(join(folder, 'dist'), { recursive: true, force: true })
    await rename(draft, join(folder, 'dist'))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** @param {string} folder */
function buildPackage(folder) {
  return build(folder, 'tsconfig.json', async (compile, draft) => {
    await all([compile('esm'), compile('cjs', ...COMMONJS)])
    await writeFile(join(draft, 'cjs/package.json'), '{ "type": "commonjs" }\n')
  })
}

/** @param {string} folder */
function buildExample(folder) {
  return build(folder, 'tsconfig.build.json', async (compile) => {
    await compile('.')
  })
}

/**
 * As Promise.all, but a failure leaves nothing behind that still writes files.
 * @param {Promise<unknown>[]} tasks
 */
async function all(tasks) {
  await Promise.allSettled(tasks)
  await Promise.all(tasks)
}

/**
 * @param {string} parent
 * @param {string} project
 */
async function foldersWith(parent, project) {
  const names = await readdir(join(root, parent))
  return names.map((name) => join(root, parent, name)).filter((folder) => existsSync(join(folder, project)))
}

try {
  // Everything else compiles against core's declarations, and an example against those of every package.
  const core = join(root, 'packages/core')
  await buildPackage(core)
  await all((await foldersWith('packages', 'tsconfig.json')).filter((folder) => folder !== core).map(buildPackage))
  await all((await foldersWith('examples', 'tsconfig.build.json')).map(buildExample))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
