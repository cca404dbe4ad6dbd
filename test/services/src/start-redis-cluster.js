import { freePort } from './free-port.js'
import { redisCommand } from './redis-command.js'
import { settled } from './settled.js'
import { startRedis } from './start-redis.js'

const SLOTS = 16_384

/** @typedef {import('./service.js').Service<import('./start-redis.js').RedisConnection>} RedisService */

/**
 * @typedef {object} RedisCluster
 * @property {RedisService[]} masters each serves its share of the slots, unless a replica has taken its place
 * @property {RedisService[]} replicas of the first masters, in their order
 * @property {() => Promise<void>} untilOk resolves when every node that runs says that all slots are served
 * @property {() => Promise<void>} close
 */

/**
 * Starts a private Redis Cluster and resolves when every node says that all slots are served.
 *
 * @param {object} [options]
 * @param {number} [options.masters] default 3, which is the least that can agree on a failover
 * @param {number} [options.replicas] of the first masters, one each; default none
 * @param {string[]} [options.args] further arguments of each `redis-server`
 * @returns {Promise<RedisCluster>}
 */
export async function startRedisCluster({ masters: count = 3, replicas: replicaCount = 0, args = [] } = {}) {
  const nodes = await Promise.all(Array.from({ length: count + replicaCount }, () => startNode(args)))
  const masters = nodes.slice(0, count)
  const replicas = nodes.slice(count)
  const untilOk = () => settled('the Redis Cluster to serve every slot', async () => isOk(nodes))
  const close = async () => void (await Promise.all(nodes.map(({ service }) => service.close())))
  try {
    for (const [index, { service }] of masters.entries()) {
      const range = [index, index + 1].map((part) => Math.floor((SLOTS / count) * part))
      await redisCommand(service.connection, 'CLUSTER', 'ADDSLOTSRANGE', `${range[0]}`, `${(range[1] ?? 0) - 1}`)
      // Two of the same epoch would have to settle first who has the higher one.
      await redisCommand(service.connection, 'CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)
    }
    const [first, ...others] = nodes
    for (const { service, bus } of others) {
      const { host, port } = service.connection
      if (first) await redisCommand(first.service.connection, 'CLUSTER', 'MEET', host, `${port}`, `${bus}`)
    }
    for (const [index, { service }] of replicas.entries()) {
      const master = masters[index]
      if (!master) throw new Error(`replicas is ${replicaCount}, and there are ${count} masters: lower it`)
      const id = (await redisCommand(master.service.connection, 'CLUSTER', 'MYID')).trim()
      await settled('a replica to know its master', async () =>
        (await redisCommand(service.connection, 'CLUSTER', 'NODES')).includes(id),
      )
      await redisCommand(service.connection, 'CLUSTER', 'REPLICATE', id)
    }
    await untilOk()
  } catch (error) {
    await close()
    throw error
  }
  return {
    masters: masters.map(({ service }) => service),
    replicas: replicas.map(({ service }) => service),
    untilOk,
    close,
  }
}

/** @param {string[]} args */
async function startNode(args) {
  // By default the port plus 10000, which may be somebody's.
  const bus = await freePort()
  const own = ['--cluster-enabled', 'yes', '--cluster-port', `${bus}`, '--cluster-node-timeout', '2000']
  return { bus, service: await startRedis({ args: [...own, ...args] }) }
}

/** @param {{ service: RedisService }[]} nodes */
async function isOk(nodes) {
  let running = 0
  for (const { service } of nodes) {
    const info = await redisCommand(service.connection, 'CLUSTER', 'INFO').catch(() => undefined)
    if (info === undefined) continue
    running += 1
    const isLinked = !(await redisCommand(service.connection, 'INFO', 'replication')).includes('link_status:down')
    const all = info.includes(`cluster_slots_ok:${SLOTS}`) && info.includes(`cluster_known_nodes:${nodes.length}`)
    if (!info.includes('cluster_state:ok') || !all || !isLinked) return false
  }
  return running > 0
}
