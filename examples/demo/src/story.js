import { freePort, startPostgres, startRedis } from '@tidegate/services'

import { createDatabase } from './database.js'
import { createFleet } from './fleet.js'
import { FRONTS } from './fronts.js'
import { createLoad } from './load.js'
import { pause, until } from './patience.js'
import { createRecommendations } from './recommendations.js'
import { SHOPS } from './shops.js'

const STEADY_MS = 4000
/** Frozen for so much longer than it takes every instance to notice. */
const FROZEN_MS = 4000
const NOTICE_LIMIT_MS = 30_000

const SHOP = { CHECK_INTERVAL: '2s', LAME_DUCK: '4s' }

/** @typedef {import('./scene.js').Scene} Scene */

/**
 * What was seen while Redis stood still.
 * @typedef {{ seconds: number, degraded: string[], leftRotation: string[] }} Freeze
 */

/**
 * Plays it from the first server to the last request, and resolves with what came of it.
 *
 * @param {object} play
 * @param {import('./options.js').Options} play.options
 * @param {Scene} play.scene
 * @param {ReturnType<typeof import('./cleanup.js').createCleanup>} play.cleanup
 * @param {AbortSignal} play.signal
 * @param {(error: Error) => void} play.onCrash
 * @returns {Promise<import('./summary.js').Result>}
 */
export async function play({ options, scene, cleanup, signal, onCrash }) {
  const { slots, note } = scene
  const { title, program } = SHOPS[options.framework]
  const { title: frontTitle, open: openFront } = FRONTS[options.front]

  scene.act = 'starting PostgreSQL and Redis (the first time on a machine takes a little longer)'
  const [postgres, redis] = await Promise.all([
    cleanup.own(startPostgres({ useEnvironment: true }), (service) => service.close()),
    cleanup.own(startRedis({ useEnvironment: true }), (service) => service.close()),
  ])
  signal.throwIfAborted()
  const database = createDatabase(postgres.url)
  await database.createSchema()
  cleanup.add(() => database.dropSchema())
  await database.createTables(signal)
  scene.redis = 'up'
  note('PostgreSQL and Redis are up')

  /** @type {string[]} */
  const left = []
  const onChange = (/** @type {import('./fronts.js').Backend} */ { name, inRotation }) => {
    if (!inRotation) left.push(name)
    note(`${name} is ${inRotation ? 'in' : 'out of'} rotation`)
  }
  const ports = Object.fromEntries(await Promise.all(slots.map(async ({ name }) => [name, await freePort()])))
  const front = await cleanup.own(openFront({ ports, onChange, signal }), ({ close }) => close())
  signal.throwIfAborted()
  const environment = { ...SHOP, DATABASE_URL: database.url, REDIS_URL: redis.url }
  const fleet = createFleet({ front, ports, program, environment, signal, onCrash })
  cleanup.add(() => fleet.kill())
  scene.act = `starting three ${title} shops`
  await Promise.all(slots.map((slot) => fleet.start(slot)))

  const load = createLoad(front.port)
  const recommendations = createRecommendations(front.port, () => scene.redis !== 'up')
  cleanup.add(() => void load.stop())
  cleanup.add(() => void recommendations.stop())
  Object.assign(scene, { load, recommendations, act: 'steady load' })
  load.start()
  recommendations.start()
  await pause(STEADY_MS, signal)

  const freeze = redis.external ? undefined : await freezeRedis()
  if (redis.external) note('REDIS_URL names a Redis that is not ours to freeze: left out')

  /** @type {import('./fleet.js').Departure[]} */
  const restarts = []
  for (const slot of slots) {
    scene.act = `restarting ${slot.name}`
    note(`SIGTERM to ${slot.name}`)
    restarts.push(await fleet.replace(slot))
  }
  scene.act = 'steady load'
  await pause(STEADY_MS / 2, signal)

  scene.act = 'waiting for the last answers'
  await Promise.all([load.stop(), recommendations.stop()])
  signal.throwIfAborted()
  const rows = await database.orderIds()
  return {
    title,
    front: frontTitle,
    load,
    recommendations: recommendations.counts,
    rows,
    freeze,
    restarts,
    instances: slots.length,
  }

  /** @returns {Promise<Freeze>} */
  async function freezeRedis() {
    const start = performance.now()
    const before = left.length
    scene.act = 'Redis is frozen: the shops degrade, and stay in rotation'
    scene.redis = 'frozen'
    note('Redis is frozen (SIGSTOP)')
    await redis.freeze()
    const redisOf = (/** @type {import('./scene.js').Slot} */ slot) => slot.backend?.health?.dependencies.redis?.status
    const noticed = () => slots.every((slot) => redisOf(slot) === 'fail')
    await until(noticed, { what: 'every shop to see that Redis is frozen', limitMs: NOTICE_LIMIT_MS, signal })
    note('every shop has noticed')
    await pause(FROZEN_MS, signal)
    const degraded = slots.filter(({ backend }) => backend?.health?.status === 'warn').map(({ name }) => name)

    await redis.thaw()
    scene.act = 'Redis goes on: the shops recover'
    scene.redis = 'recovering'
    const seconds = (performance.now() - start) / 1000
    note(`Redis goes on after ${seconds.toFixed(1)} s`)
    const recovered = () => slots.every((slot) => redisOf(slot) === 'pass')
    await until(recovered, { what: 'every shop to see that Redis is back', limitMs: NOTICE_LIMIT_MS, signal })
    scene.redis = 'up'
    note('every shop has recovered')
    return { seconds, degraded, leftRotation: left.slice(before) }
  }
}
