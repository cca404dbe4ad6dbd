import { startInstance } from './instance.js'
import { until } from './patience.js'

const START_LIMIT_MS = 60_000
/** The shop's grace period is 30 s: past it an orchestrator would kill. */
const EXIT_LIMIT_MS = 30_000

/** @typedef {import('./scene.js').Slot} Slot */

/**
 * How one instance left.
 * @typedef {{ name: string, exit: string, record: import('@tidegate/core').DrainRecord | undefined }} Departure
 */

/**
 * Starts and ends the shops in their slots.
 *
 * @param {object} options
 * @param {import('./fronts.js').Front} options.front
 * @param {Record<string, number>} options.ports of the shops, by name: a successor takes over its predecessor's
 * @param {URL} options.program
 * @param {Record<string, string>} options.environment of each shop
 * @param {AbortSignal} options.signal
 * @param {(error: Error) => void} options.onCrash one has ended that was not told to
 */
export function createFleet({ front, ports, program, environment, signal, onCrash }) {
  /** @type {Set<import('./instance.js').Instance>} */
  const alive = new Set()
  /** @type {WeakSet<import('./instance.js').Instance>} */
  const leaving = new WeakSet()

  /**
   * Resolves when it is in rotation.
   *
   * @param {Slot} slot
   */
  async function start(slot) {
    const instance = startInstance(program, { ...environment, PORT: String(ports[slot.name]) })
    slot.instance = instance
    alive.add(instance)
    void instance.exited.then((exit) => {
      alive.delete(instance)
      if (!leaving.has(instance))
        onCrash(new Error(`${slot.name} ended with ${exit}. Its last words:\n${instance.lastWords()}`))
    })
    void instance.listening.then((port) => {
      slot.backend = front.add(slot.name, port)
    })
    const what = `${slot.name} to come into rotation`
    await until(() => slot.backend?.inRotation === true, { what, limitMs: START_LIMIT_MS, signal })
  }

  /**
   * Sends SIGTERM and resolves when it has ended.
   *
   * @param {Slot} slot
   * @returns {Promise<Departure>}
   */
  async function stop({ name, instance }) {
    if (instance === undefined) throw new Error(`${name} is not running`)
    leaving.add(instance)
    instance.signal('SIGTERM')
    await until(() => !alive.has(instance), { what: `${name} to end after SIGTERM`, limitMs: EXIT_LIMIT_MS, signal })
    front.remove(name)
    return { name, exit: await instance.exited, record: instance.record }
  }

  return {
    start,
    /**
     * Ends what is in the slot and starts its successor.
     *
     * @param {Slot} slot
     */
    async replace(slot) {
      const departure = await stop(slot)
      slot.backend = undefined
      await start(slot)
      return departure
    },
    async kill() {
      const all = [...alive]
      for (const instance of all) {
        leaving.add(instance)
        instance.signal('SIGKILL')
      }
      await Promise.all(all.map(({ exited }) => exited))
    },
  }
}
