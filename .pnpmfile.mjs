// What `pnpm pack` and `pnpm publish` write into a tarball's package.json. The condition `@tidegate/source` names files
// that only this repository has: a consumer that set it would find nothing there.
const PRIVATE_CONDITION = '@tidegate/source'

function withoutPrivateCondition(exports) {
  if (typeof exports !== 'object' || exports === null) return exports
  const kept = Object.entries(exports).filter(([condition]) => condition !== PRIVATE_CONDITION)
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPrivateCondition(value)]))
}

export const hooks = {
  beforePacking: (manifest) => ({ ...manifest, exports: withoutPrivateCondition(manifest.exports) }),
}
