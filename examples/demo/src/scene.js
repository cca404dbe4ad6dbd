/**
 * One of the three places in the balancer, and who holds it now.
 *
 * @typedef {object} Slot
 * @property {string} name
 * @property {import('./instance.js').Instance | undefined} instance
 * @property {import('./fronts.js').Backend | undefined} backend
 */

/**
 * What there is to see: the story changes it, the screen and the lines show it.
 *
 * @typedef {object} Scene
 * @property {number} startedAt as `performance.now()`
 * @property {string} act what is going on
 * @property {Slot[]} slots
 * @property {'starting' | 'up' | 'frozen' | 'recovering'} redis
 * @property {import('./load.js').Load | undefined} load
 * @property {import('./recommendations.js').Recommendations | undefined} recommendations
 * @property {(text: string) => void} note something has happened
 */

/**
 * @param {number} instances
 * @param {Scene['note']} note
 * @returns {Scene}
 */
export function createScene(instances, note) {
  return {
    startedAt: performance.now(),
    act: 'starting',
    slots: Array.from({ length: instances }, (_, index) => ({
      name: `shop ${index + 1}`,
      instance: undefined,
      backend: undefined,
    })),
    redis: 'starting',
    load: undefined,
    recommendations: undefined,
    note,
  }
}

/** @param {Scene} scene */
export function secondsOf({ startedAt }) {
  return (performance.now() - startedAt) / 1000
}
