import { dirname } from 'node:path'

import { run } from './run.js'

/**
 * @typedef {object} Manifest the part of a package.json that is read here
 * @property {string} name
 * @property {boolean} [private]
 * @property {Record<string, unknown>} exports
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [devDependencies]
 */

/**
 * @typedef {object} PackedPackage
 * @property {string} name
 * @property {string} tarball
 * @property {string[]} files
 * @property {Manifest} manifest
 * @property {string[]} specifiers what a user imports: the package and its subpaths
 */

/**
 * @param {string} tarball
 * @returns {Promise<PackedPackage>}
 */
export async function readTarball(tarball) {
  const folder = dirname(tarball)
  const [list, json] = await Promise.all([
    run('tar', ['-tzf', tarball], folder),
    run('tar', ['-xzOf', tarball, 'package/package.json'], folder),
  ])
  /** @type {Manifest} */
  const manifest = JSON.parse(json)
  const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json')
  return {
    name: manifest.name,
    tarball,
    files: list
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, '')),
    manifest,
    specifiers: subpaths.map((subpath) => manifest.name + subpath.slice(1)),
  }
}
