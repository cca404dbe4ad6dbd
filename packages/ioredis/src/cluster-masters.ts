import type { Cluster, Redis } from 'ioredis'

/**
 * The masters by their addresses, as the slots say: ioredis drops a node from `nodes()` when its connection ends. Each with
 * a client that has its options.
 */
export function mastersOf(cluster: Cluster): Map<string, Redis> {
  const nodes = new Map(cluster.nodes().map((node) => [`${node.options.host}:${node.options.port}`, node]))
  const [any] = nodes.values()
  const masters = new Map<string, Redis>()
  for (const slot of cluster.slots) {
    const address = slot?.[0]
    if (address === undefined || masters.has(address) || any === undefined) continue
    masters.set(address, nodes.get(address) ?? at(any, address))
  }
  return masters
}

/** Never connected: it only has the options. */
function at(node: Redis, address: string): Redis {
  const colon = address.lastIndexOf(':')
  return node.duplicate({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), lazyConnect: true })
}
