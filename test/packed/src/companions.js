/**
 * What users have beside the packages: every peer, and the types that come apart from their packages, in the versions
 * they are tested with in this repository.
 *
 * @param {import('./read-tarball.js').PackedPackage[]} packages
 * @returns {Record<string, string>}
 */
export function companions(packages) {
  /** @type {Record<string, string>} */
  const versions = {}
  for (const { manifest } of packages) {
    const { peerDependencies = {}, devDependencies = {} } = manifest
    for (const [name, range] of Object.entries(peerDependencies)) versions[name] = devDependencies[name] ?? range
    for (const [name, version] of Object.entries(devDependencies)) {
      if (name.startsWith('@types/')) versions[name] = version
    }
  }
  return versions
}
