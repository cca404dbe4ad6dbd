import type { ProbePaths, ProbesOptions } from '../lifecycle/lifecycle-options.ts'
import { DRAIN_STATUS_RULE, isDrainStatus } from '../probes/answers/drain-status.ts'
import { DETAILS } from '../probes/forms/probe-details.ts'
import type { ProbeDetails } from '../probes/forms/probe-details.ts'
import type { ForProber } from '../probes/probers/prober-option.ts'
import { isAddressOrRange } from '../probes/probers/trusted-addresses.ts'
import { DEFAULTS } from './defaults.ts'
import { describeValue } from './describe-value.ts'
import { readBoolean, readChoice, readNames, readText } from './readers.ts'
import type { ResolvedProbePaths, ResolvedProbes } from './resolved-options.ts'
import { keysOf } from './section.ts'
import type { Section } from './section.ts'

/** Letters a path may have unescaped: a query, a fragment or a space can never be part of what a request asks for. */
const PATH = /^[\w/.~!$&'()*+,;=:@%-]*$/

const NOBODY: readonly string[] = Object.freeze([])

export function resolveProbes(section: Section<keyof ProbesOptions>): ResolvedProbes {
  const prefix = readPath(section, 'prefix') ?? DEFAULTS.probes.prefix
  return Object.freeze({
    paths: resolvePaths(section.section('paths', keysOf(DEFAULTS.probes.paths)), prefix),
    readiness: readChoice(section, 'readiness', ['startup', 'always', 'fleet']) ?? DEFAULTS.probes.readiness,
    details: readDetails(section) ?? DEFAULTS.probes.details,
    drainStatus: readDrainStatus(section) ?? DEFAULTS.probes.drainStatus,
    envoy: readBoolean(section, 'envoy') ?? DEFAULTS.probes.envoy,
    trusted: readTrusted(section) ?? NOBODY,
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

function readDetails(section: Section<keyof ProbesOptions>): ForProber<ProbeDetails> | undefined {
  const value = section.get('details')
  if (typeof value !== 'function') return readChoice(section, 'details', DETAILS)
  return value as ForProber<ProbeDetails>
}

function readDrainStatus(section: Section<keyof ProbesOptions>): ForProber<number> | undefined {
  const value = section.get('drainStatus')
  if (value === undefined || isDrainStatus(value) || typeof value === 'function') return value as ForProber<number>
  section.fault('drainStatus', `must be ${DRAIN_STATUS_RULE}, or a function of the prober, not ${describeValue(value)}`)
  return undefined
}

function readTrusted(section: Section<keyof ProbesOptions>): readonly string[] | undefined {
  const entries = readNames(section, 'trusted')
  const wrong = entries?.find((entry) => !isAddressOrRange(entry))
  if (wrong === undefined) return entries
  section.fault('trusted', `holds ${describeValue(wrong)}; give addresses or ranges, as '10.0.0.7' or '10.0.0.0/8'`)
  return undefined
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
