import { describeWarmUp } from './instance.js'
import { secondsOf } from './scene.js'

/** @typedef {import('./scene.js').Scene} Scene */

/**
 * For logs and CI: a line when something happens, and one a second.
 *
 * @param {Scene} scene
 * @param {{ write(text: string): unknown }} output
 */
export function showLines(scene, output) {
  const print = (/** @type {string} */ text) => output.write(`${secondsOf(scene).toFixed(0).padStart(3)} s  ${text}\n`)
  let act = ''
  const timer = setInterval(() => {
    if (act !== scene.act) print(`# ${(act = scene.act)}`)
    print(status(scene))
  }, 1000)
  return {
    note: print,
    close: () => clearInterval(timer),
  }
}

/** @param {Scene} scene */
function status({ slots, load, redis }) {
  const shops = slots.map(({ name, instance, backend }) => {
    const phase = instance?.phase ?? 'waiting'
    const more =
      phase === 'warming' && instance ? `: ${describeWarmUp(instance)}` : isDegraded(backend) ? ' degraded' : ''
    return `${name} ${phase}${more} ${backend?.inRotation ? 'in' : 'out'}`
  })
  const figures = load
    ? [`${load.perSecond.at(-1) ?? 0} req/s`, `${load.counts.sent} sent`, `${load.counts.failed} failed`]
    : []
  return [...figures, ...shops, `redis ${redis}`].join(' | ')
}

/** @param {import('./fronts.js').Backend | undefined} backend */
function isDegraded(backend) {
  return backend?.health?.status === 'warn'
}
