import { Agent } from 'node:http'

import { askJson } from './ask-json.js'

const INTERVAL_MS = 500
const FALL = 3
const RISE = 2

/** @typedef {import('./fronts.js').Backend & { agent: Agent }} Backend with its connections for requests */

/** @typedef {ReturnType<typeof createRotation>} Rotation */

/**
 * Decides who gets requests, as a balancer does: by nothing but what `/healthz` answers, asked every 500 ms; three fails
 * in a row take an instance out, two passes in a row bring it in.
 *
 * @param {(backend: Backend) => void} onChange somebody has come in or gone out
 */
export function createRotation(onChange) {
  /** @type {Map<Backend, () => void>} */
  const backends = new Map()
  let turn = 0

  /** @param {Backend} backend */
  function follow(backend) {
    let streak = 0
    let isBusy = false
    async function ask() {
      if (isBusy) return
      isBusy = true
      const { status, body } = await askJson(backend.port, '/healthz')
      isBusy = false
      if (!backends.has(backend)) return
      backend.health = body
      const isHealthy = status === 200
      streak = isHealthy === backend.inRotation ? 0 : streak + 1
      if (streak < (backend.inRotation ? FALL : RISE)) return
      streak = 0
      backend.inRotation = isHealthy
      onChange(backend)
    }
    const timer = setInterval(() => void ask(), INTERVAL_MS)
    return () => clearInterval(timer)
  }

  /** @param {string} name */
  function remove(name) {
    for (const [backend, unfollow] of backends) {
      if (backend.name !== name) continue
      unfollow()
      backends.delete(backend)
      backend.agent.destroy()
    }
  }

  return {
    /**
     * @param {string} name
     * @param {number} port
     * @returns {Backend}
     */
    add(name, port) {
      // Idle connections are let go well before the shops' keep-alive timeout of 65 s would close them.
      const agent = new Agent({ keepAlive: true, timeout: 30_000 })
      const backend = { name, port, agent, inRotation: false, health: undefined }
      backends.set(backend, follow(backend))
      return backend
    },
    remove,
    /** Whose turn it is; undefined when nobody is in rotation. */
    next() {
      const candidates = [...backends.keys()].filter(({ inRotation }) => inRotation)
      turn += 1
      return candidates[turn % candidates.length]
    },
    close() {
      for (const { name } of [...backends.keys()]) remove(name)
    },
  }
}
