import type { ShutdownOptions } from '../lifecycle/lifecycle-options.ts'
import { nearestName } from './nearest-name.ts'
import type { Section } from './section.ts'

type Key = keyof ShutdownOptions

const PREFIX = 'TIDEGATE_'

/** Operations change these without a build, so that a variable wins over the option. */
export const SHUTDOWN_VARIABLES: ReadonlyMap<string, Key> = new Map([
  ['TIDEGATE_GRACE_PERIOD', 'gracePeriod'],
  ['TIDEGATE_PRE_STOP', 'preStop'],
  ['TIDEGATE_MARGIN', 'margin'],
  ['TIDEGATE_LAME_DUCK', 'lameDuck'],
  ['TIDEGATE_LINGER', 'linger'],
  ['TIDEGATE_REQUESTS', 'requests'],
  ['TIDEGATE_LONG_LIVED', 'longLived'],
  ['TIDEGATE_CLOSE', 'close'],
])

/** The same section with what the environment says in place of what the program does. Faults name the variable. */
export function withEnvironment(section: Section<Key>, env: NodeJS.ProcessEnv): Section<Key> {
  const given = new Map<Key, { readonly variable: string; readonly value: unknown }>()
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue
    const key = SHUTDOWN_VARIABLES.get(variable)
    if (key !== undefined) given.set(key, { variable, value: readVariable(text) })
    else refuseMisspelt(section, variable)
  }
  return {
    ...section,
    get: (key) => (given.has(key) ? given.get(key)?.value : section.get(key)),
    fault(key, message) {
      const variable = given.get(key)?.variable
      if (variable === undefined) section.fault(key, message)
      else section.faults.add(variable, message)
    },
  }
}

/** `false` and bare numbers mean what they mean in a program; everything else is a duration with its unit. */
function readVariable(text: string): unknown {
  if (text === 'false') return false
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

function refuseMisspelt({ faults }: Section<Key>, variable: string): void {
  const names = [...SHUTDOWN_VARIABLES.keys()].map((known) => known.slice(PREFIX.length))
  const meant = nearestName(variable.slice(PREFIX.length), names)
  if (meant !== undefined) faults.add(variable, `is no variable of Tidegate's; did you mean ${PREFIX}${meant}?`)
}
