import { startHaproxy } from '@tidegate/services'

import { askJson } from './ask-json.js'
import { askHaproxy } from './haproxy-stats.js'
import { pause, until } from './patience.js'

const LOOK_MS = 200
const START_LIMIT_MS = 30_000

/**
 * A real HAProxy with the configuration of `examples/haproxy`, but as fast as the built-in balancer, and without second
 * tries. Who is in rotation is what its own statistics say.
 *
 * @type {import('./fronts.js').OpenFront}
 */
export async function openHaproxyFront({ ports, onChange, signal }) {
  const servers = Object.fromEntries(Object.entries(ports).map(([name, port]) => [serverName(name), port]))
  const haproxy = await startHaproxy({ servers, changes: { 'inter 2s': 'inter 500ms', 'retries 3': 'retries 0' } })
  const { port, statsSocket } = haproxy.connection
  /** @type {Map<string, import('./fronts.js').Backend>} */
  const backends = new Map()
  /** @type {Map<string, string>} */
  let statuses = new Map()
  const closing = new AbortController()
  const isUp = (/** @type {string} */ name) => statuses.get(serverName(name))?.startsWith('UP') === true

  async function look() {
    statuses = await askHaproxy(statsSocket)
    for (const backend of backends.values()) {
      if (isUp(backend.name) !== backend.inRotation) {
        backend.inRotation = !backend.inRotation
        onChange(backend)
      }
      const { body } = await askJson(backend.port, '/healthz')
      backend.health = body
    }
  }
  async function follow() {
    while (!closing.signal.aborted) {
      await look()
      await pause(LOOK_MS, closing.signal)
    }
  }
  follow().catch(() => {})

  try {
    // It takes every server for up until it has asked it once.
    const noneIsUp = () => statuses.size > 0 && !Object.keys(ports).some(isUp)
    await until(noneIsUp, { what: 'HAProxy to find that no shop is up yet', limitMs: START_LIMIT_MS, signal })
  } catch (error) {
    await close()
    throw error
  }
  return {
    port,
    add(name, shopPort) {
      const backend = { name, port: shopPort, inRotation: false, health: undefined }
      backends.set(name, backend)
      return backend
    },
    remove: (name) => void backends.delete(name),
    close,
  }

  async function close() {
    closing.abort()
    await haproxy.close()
  }
}

/**
 * HAProxy's names have no spaces.
 *
 * @param {string} name
 */
function serverName(name) {
  return name.replaceAll(' ', '-')
}
