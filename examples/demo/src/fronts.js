import { openBuiltInFront } from './built-in-front.js'
import { openHaproxyFront } from './haproxy-front.js'

/**
 * A shop as the front end sees it.
 *
 * @typedef {object} Backend
 * @property {string} name
 * @property {number} port
 * @property {boolean} inRotation
 * @property {Health | undefined} health
 */

/**
 * What `/healthz` last said.
 * @typedef {{ status: 'pass' | 'warn' | 'fail', phase: string, dependencies: Record<string, { status: string }> }} Health
 */

/**
 * What stands between the load and the shops.
 *
 * @typedef {object} Front
 * @property {number} port to send requests to
 * @property {(name: string, port: number) => Backend} add a shop listens
 * @property {(name: string) => void} remove it has ended
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {(options: {
 *   ports: Record<string, number>,
 *   onChange: (backend: Backend) => void,
 *   signal: AbortSignal,
 * }) => Promise<Front>} OpenFront `ports` are those of the shops to come, by name; `onChange` is called when somebody has
 *   come into rotation or gone out of it
 */

/** The front ends there are, by what `--front` calls them. */
export const FRONTS = {
  'built-in': { title: 'the built-in balancer', open: openBuiltInFront },
  haproxy: { title: 'HAProxy', open: openHaproxyFront },
}

/** @typedef {keyof typeof FRONTS} FrontName */
