import { styleText } from 'node:util'

import { describeWarmUp } from './instance.js'
import { secondsOf } from './scene.js'

const REDRAW_MS = 200
const NOTES_SHOWN = 8
const BARS = '▁▂▃▄▅▆▇█'
const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'

/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'} Style */
/** @typedef {[text: string, style?: Style]} Part */
/** @typedef {Part[]} Line */

/**
 * For a terminal: redrawn in place five times a second, no wider than it is, in colours unless NO_COLOR forbids them.
 *
 * @param {Scene} scene
 * @param {import('node:tty').WriteStream} output
 */
export function showScreen(scene, output) {
  /** @type {Line[]} */
  const notes = []
  let drawn = 0
  let isOpen = true

  function draw() {
    // Some terminals say that they are 0 by 0.
    const { columns, rows } = { columns: output.columns || 80, rows: output.rows || 24 }
    const lines = compose(scene, notes).slice(0, rows - 1)
    const text = lines.map((line) => `${paint(fit(line, columns), output.hasColors())}\n`).join('')
    output.moveCursor(0, -drawn)
    output.cursorTo(0)
    output.clearScreenDown()
    output.write(text)
    drawn = lines.length
  }

  // Whatever ends the process: a terminal without a cursor is a nuisance.
  process.once('exit', () => output.write(SHOW_CURSOR))
  output.write(HIDE_CURSOR)
  const timer = setInterval(draw, REDRAW_MS)
  return {
    /** @param {string} text */
    note(text) {
      notes.push([[`${secondsOf(scene).toFixed(0).padStart(5)} s  `, 'dim'], [text]])
      if (notes.length > NOTES_SHOWN) notes.shift()
    },
    close() {
      if (!isOpen) return
      isOpen = false
      clearInterval(timer)
      draw()
      output.write(SHOW_CURSOR)
    },
  }
}

/**
 * @param {Scene} scene
 * @param {Line[]} notes
 * @returns {Line[]}
 */
function compose(scene, notes) {
  const shops = scene.slots.map((slot) => shopLine(slot))
  return [
    [
      ['Tidegate', 'bold'],
      [`  ${secondsOf(scene).toFixed(0)} s  `, 'dim'],
      [scene.act, 'cyan'],
    ],
    [],
    [['  shop      phase       rotation   health', 'dim']],
    ...shops,
    [],
    ...loadLines(scene),
    [],
    ...notes,
  ]
}

/**
 * @param {import('./scene.js').Slot} slot
 * @returns {Line}
 */
function shopLine({ name, instance, backend }) {
  const phase = instance?.phase ?? 'waiting'
  const isIn = backend?.inRotation === true
  return [
    [`  ${name.padEnd(10)}`],
    [phase.padEnd(12), phase === 'ready' ? 'green' : 'yellow'],
    [(isIn ? 'in' : 'out').padEnd(11), isIn ? 'green' : 'yellow'],
    ...detail(phase, instance, backend),
  ]
}

/**
 * @param {string} phase
 * @param {import('./scene.js').Slot['instance']} instance
 * @param {import('./scene.js').Slot['backend']} backend
 * @returns {Line}
 */
function detail(phase, instance, backend) {
  if (instance !== undefined && phase === 'warming') return [[describeWarmUp(instance), 'yellow']]
  if (phase === 'draining') return [[instance?.drainStep ?? '', 'yellow']]
  if (phase !== 'ready' || backend?.health === undefined) return []
  const { status, dependencies } = backend.health
  const failing = Object.keys(dependencies).filter((name) => dependencies[name]?.status === 'fail')
  if (status === 'pass') return [['pass', 'green']]
  return [
    [status === 'warn' ? 'degraded' : 'fail', status === 'warn' ? 'yellow' : 'red'],
    [`  without ${failing.join(', ')}`, 'dim'],
  ]
}

/**
 * @param {Scene} scene
 * @returns {Line[]}
 */
function loadLines({ load, recommendations, redis }) {
  /** @type {Line} */
  const redisLine = [['  Redis     '], [redis, redis === 'up' ? 'green' : 'yellow']]
  if (load === undefined || recommendations === undefined) return [redisLine]
  const { counts, perSecond, acknowledged, latency } = load
  const { served, refusedWithoutRedis, refusedOtherwise } = recommendations.counts
  const refused = refusedWithoutRedis + refusedOtherwise
  return [
    redisLine,
    [['  load      '], [`${perSecond.at(-1) ?? 0} req/s  `, 'bold'], [sparkline(perSecond), 'cyan']],
    [
      ['  requests  '],
      [`${counts.failed} failed`, counts.failed === 0 ? 'green' : 'red'],
      [` of ${counts.sent}, ${acknowledged.size} orders placed, p50 ${latency.percentile(50)} ms`],
    ],
    [[`  apart     /recommendations needs Redis: ${served} served, ${refused} refused`, 'dim']],
  ]
}

/** @param {number[]} values */
function sparkline(values) {
  const highest = Math.max(1, ...values)
  return values.map((value) => BARS[Math.round((value / highest) * (BARS.length - 1))]).join('')
}

/**
 * @param {Line} line
 * @param {number} width
 * @returns {Line}
 */
function fit(line, width) {
  let room = width - 1
  return line.map(([text, style]) => {
    const shown = text.slice(0, Math.max(0, room))
    room -= shown.length
    return style === undefined ? [shown] : [shown, style]
  })
}

/**
 * @param {Line} line
 * @param {boolean} hasColors
 */
function paint(line, hasColors) {
  return line.map(([text, style]) => (hasColors && style !== undefined ? styleText(style, text) : text)).join('')
}
