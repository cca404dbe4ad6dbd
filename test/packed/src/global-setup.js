import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { companions } from './companions.js'
import { readTarball } from './read-tarball.js'
import { run } from './run.js'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const programs = fileURLToPath(new URL('../consumer', import.meta.url))

/**
 * Packs every public package and installs them all into one project outside the repository.
 *
 * @param {import('vitest/node').TestProject} project
 * @returns {Promise<() => Promise<void>>}
 */
export async function setup(project) {
  const directory = await mkdtemp(join(tmpdir(), 'tidegate-packed-'))
  const remove = () => rm(directory, { recursive: true, force: true })
  try {
    const packages = await pack(join(directory, 'tarballs'))
    const consumer = join(directory, 'consumer')
    await cp(programs, consumer, { recursive: true })
    const manifest = {
      private: true,
      dependencies: {
        ...companions(packages),
        typescript: createRequire(import.meta.url)('typescript/package.json').version,
        ...Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`])),
      },
    }
    await writeFile(join(consumer, 'package.json'), JSON.stringify(manifest, null, 2))
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], consumer)
    project.provide('consumer', consumer)
    project.provide('packages', packages)
  } catch (error) {
    await remove()
    throw error
  }
  return remove
}

/** @param {string} destination */
async function pack(destination) {
  await mkdir(destination)
  const args = ['--recursive', '--filter=./packages/*', 'pack', `--pack-destination=${destination}`]
  await run('npx', ['--yes', 'pnpm@12', ...args], repository)
  const packages = await Promise.all((await readdir(destination)).map((file) => readTarball(join(destination, file))))
  return packages.filter(({ manifest }) => !manifest.private)
}
