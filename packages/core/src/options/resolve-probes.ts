import type { ProbePaths, ProbesOptions } from '../lifecycle/lifecycle-options.ts'
import { DETAILS } from '../probes/details-policy.ts'
import type { DetailsOption } from '../probes/details-policy.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import { readChoice, readText } from './readers.ts'
import type { ResolvedProbePaths, ResolvedProbes } from './resolved-options.ts'
import { keysOf } from './section.ts'
import type { Section } from './section.ts'

/** Letters a path may have unescaped: a query, a fragment or a space can never be part of what a request asks for. */
const PATH = /^[\w/.~!$&'()*+,;=:@%-]*$/

export function resolveProbes(section: Section<keyof ProbesOptions>): ResolvedProbes {
  const prefix = readPath(section, 'prefix') ?? DEFAULTS.probes.prefix
  return Object.freeze({
    paths: resolvePaths(section.section('paths', keysOf(DEFAULTS.probes.paths)), prefix),
    readiness: readChoice(section, 'readiness', ['startup', 'always', 'fleet']) ?? DEFAULTS.probes.readiness,
    details: readDetails(section) ?? DEFAULTS.probes.details,
    ...resolvePort(section),
  })
}

function resolvePort(section: Section<keyof ProbesOptions>): Pick<ResolvedProbes, 'port' | 'host'> {
  const value = section.get('port')
  const host = readText(section, 'host')
  const isPort = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535
  if (value !== undefined && !isPort) {
    section.fault('port', `must be a port, a whole number from 0 to 65535, not ${describeValue(value)}`)
  }
  if (host === '') section.fault('host', "must be an address such as '127.0.0.1'; leave it out for every address")
  if (host !== undefined && value === undefined) {
    section.fault('host', 'is of no use without probes.port, the second server that listens there')
  }
  return { port: isPort ? value : undefined, host }
}

function readDetails(section: Section<keyof ProbesOptions>): DetailsOption | undefined {
  const value = section.get('details')
  if (typeof value !== 'function') return readChoice(section, 'details', DETAILS)
  return value as DetailsOption
}

function resolvePaths(section: Section<keyof ProbePaths>, prefix: string): ResolvedProbePaths {
  const taken = new Map<string, keyof ProbePaths>()
  const resolve = (key: keyof ProbePaths): string | false => {
    if (section.get(key) === false) return false
    const path = prefix + (readPath(section, key) ?? DEFAULTS.probes.paths[key])
    const other = taken.get(path)
    if (path === '') {
      section.fault(key, "would answer the application's own '/'; give it a name, or false to have none")
    } else if (other !== undefined) {
      section.fault(
        key,
        `"${path}" is already the path of ${section.path}.${other}; give each its own, or false to have none`,
      )
    }
    taken.set(path, key)
    return path
  }
  return Object.freeze({
    live: resolve('live'),
    ready: resolve('ready'),
    startup: resolve('startup'),
    health: resolve('health'),
  })
}

/** @returns The path with a slash in front and none at the end; empty for the root. */
function readPath<Key extends string>(section: Section<Key>, key: Key): string | undefined {
  const value = section.get(key)
  if (value === undefined) return undefined
  if (typeof value === 'string' && PATH.test(value)) return `/${value}`.replaceAll(/\/+/g, '/').replace(/\/$/, '')
  section.fault(key, `must be a path such as '/internal/health', not ${describeValue(value)}`)
  return undefined
}
