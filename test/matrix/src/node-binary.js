import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const here = `${process.platform}-${process.arch}`

/**
 * The Node.js of a major version: the one that the environment names in `NODE22`, else the one that npm has installed.
 *
 * @param {number} major
 * @param {string} [platform] default: this machine's
 * @returns {string} its path
 */
export function nodeBinary(major, platform = here) {
  const variable = `NODE${major}`
  const given = process.env[variable]
  if (given) return given
  const name = `node${major}-${platform}`
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'bin/node')
  } catch (error) {
    const hint = `test/matrix/package.json has no ${name}, or it is not installed: set ${variable} to the path of one`
    throw new Error(`No Node.js ${major} for the tests: ${hint}`, { cause: error })
  }
}
