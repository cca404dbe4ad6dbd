// Builds every package twice with tsc alone: dist/esm, and dist/cjs beside its own package.json.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
// One module a file as in ESM; `bundler` lets the same extensions resolve.
const COMMONJS = '--module commonjs --moduleResolution bundler --verbatimModuleSyntax false'.split(' ')
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')

/** @param {string} name */
async function build(name) {
  const folder = join(root, 'packages', name)
  const dist = join(folder, 'dist')
  await rm(dist, { recursive: true, force: true })
  const compile = (/** @type {string[]} */ ...flags) =>
    run(process.execPath, [tsc, '-p', join(folder, 'tsconfig.json'), ...flags]).catch((error) => {
      throw new Error(`@tidegate/${name} does not compile:\n${error.stdout}${error.stderr}`)
    })
  await Promise.all([
    compile(),
    compile('--outDir', join(dist, 'cjs'), ...COMMONJS),
  ])
  await mkdir(join(dist, 'cjs'), { recursive: true })
  await writeFile(join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
}

const names = (await readdir(join(root, 'packages'))).filter((name) =>
  existsSync(join(root, 'packages', name, 'tsconfig.json')),
)
try {
  // Everything else compiles against core's declarations.
  await build('core')
  await Promise.all(names.filter((name) => name !== 'core').map(build))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
