import { parseArgs } from 'node:util'

import { FRONTS } from './fronts.js'
import { SHOPS } from './shops.js'

/**
 * Each takes one of its values; the first is the default.
 *
 * @type {Record<string, { values: string[], about: string }>}
 */
const CHOICES = {
  framework: { values: Object.keys(SHOPS), about: 'what the shops are built with' },
  front: { values: Object.keys(FRONTS), about: 'what stands in front of them' },
}

/** @typedef {{ framework: import('./shops.js').Framework, front: import('./fronts.js').FrontName }} Options */

/**
 * @param {string[]} args
 * @returns {Options & { help: boolean, faults: string[] }} not to be used when there are faults
 */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    // npm needs a `--` before what is not for itself; pnpm hands it on.
    args: args[0] === '--' ? args.slice(1) : args,
    options: {
      help: { type: 'boolean', default: false },
      ...Object.fromEntries(
        Object.entries(CHOICES).map(([name, choice]) => [
          name,
          { type: /** @type {const} */ ('string'), default: choice.values[0] },
        ]),
      ),
    },
    // Its own errors do not list what there is to choose from.
    strict: false,
  })
  const given = /** @type {Options & { help: boolean }} */ (values)
  return { ...given, faults: [...strangers(values, positionals), ...badChoices(values)] }
}

/**
 * @param {Record<string, unknown>} values
 * @param {string[]} positionals
 */
function strangers(values, positionals) {
  const names = Object.keys(values).filter((name) => name !== 'help' && !(name in CHOICES))
  return [...names.map((name) => (name.length === 1 ? `-${name}` : `--${name}`)), ...positionals].map(
    (text) => `${text} is not an option: --help lists them`,
  )
}

/** @param {Record<string, unknown>} values */
function badChoices(values) {
  return Object.entries(CHOICES).flatMap(([name, choice]) => {
    const value = values[name]
    if (typeof value === 'string' && choice.values.includes(value)) return []
    const given = typeof value === 'string' ? `cannot be "${value}"` : 'needs a value'
    return [`--${name} ${given}: choose one of ${choice.values.join(', ')}`]
  })
}

export function describeOptions() {
  return [
    'pnpm demo [options]',
    '',
    'Restarts three shops under load, one after the other, and accounts for every request.',
    '',
    ...Object.entries(CHOICES).map(
      ([
        name,
        {
          values: [first, ...others],
          about,
        },
      ]) => optionLine(name, `${about}: ${[`${first} (default)`, ...others].join(', ')}`),
    ),
    optionLine('help', 'show this'),
  ].join('\n')
}

/**
 * @param {string} name
 * @param {string} about
 */
function optionLine(name, about) {
  return `  ${`--${name}`.padEnd(14)}${about}`
}
