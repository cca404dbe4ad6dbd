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

export interface SectionInEnvironment extends Section<Key> {
  /** By which variable an option was given, for those that were. */
  readonly variables: ReadonlyMap<Key, string>
}

/** The same section with what the environment says in place of what the program does. Faults name the variable. */
export function withEnvironment(section: Section<Key>, env: NodeJS.ProcessEnv): SectionInEnvironment {
  const values = new Map<Key, unknown>()
  const variables = new Map<Key, string>()
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue
    const key = SHUTDOWN_VARIABLES.get(variable)
    if (key === undefined) {
      refuseMisspelt(section, variable)
      continue
    }
    values.set(key, readVariable(text))
    variables.set(key, variable)
  }
  return {
    ...section,
    variables,
    get: (key) => (values.has(key) ? values.get(key) : section.get(key)),
    fault(key, message) {
      const variable = variables.get(key)
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
