import { describeValue } from './describe-value.ts'
import type { Faults } from './faults.ts'
import { nearestName } from './nearest-name.ts'

/** One object of options while it is read. */
export interface Section<Key extends string = string> {
  /** How messages name it: `'shutdown'`, `'dependencies[1] (catalog).health'`. */
  readonly path: string
  readonly faults: Faults
  get(key: Key): unknown
  fault(key: Key, message: string): void
  /** Reads the object of options that `key` holds. */
  section<InnerKey extends string>(key: Key, known: readonly InnerKey[]): Section<InnerKey>
}

/** What {@link openSection} reads, and how it names it. */
export interface SectionSource<Key extends string> {
  readonly faults: Faults
  readonly path: string
  readonly value: unknown
  readonly known: readonly Key[]
  /** Names of options elsewhere, for those that were written one level too high: `'shutdown.gracePeriod'`. */
  readonly elsewhere?: readonly string[]
}

/**
 * Reports every key that is not known, for a misspelt option must not silently be a default. What is no object at all
 * is reported once and read as empty.
 */
export function openSection<Key extends string>(source: SectionSource<Key>): Section<Key> {
  const { faults, path, known, elsewhere } = source
  const values = toRecord(source)
  for (const key of Object.keys(values)) {
    if (!known.some((name) => name === key)) faults.add(path, unknownOption(key, known, elsewhere))
  }
  return toSection<Key>(faults, path, values)
}

/** Reads an object that may have keys of its own beside the ones asked for. */
export function toSection<Key extends string>(
  faults: Faults,
  path: string,
  values: Readonly<Record<string, unknown>>,
): Section<Key> {
  const fieldOf = (key: Key) => (path === ROOT ? key : `${path}.${key}`)
  return {
    path,
    faults,
    get: (key) => values[key],
    fault: (key, message) => faults.add(fieldOf(key), message),
    section: (key, known) => openSection({ faults, path: fieldOf(key), value: values[key], known }),
  }
}

/** The path of the whole object that `createLifecycle` is given. */
export const ROOT = 'options'

/** The keys of one section of the defaults, with their own type: what they list is what there is. */
export function keysOf<Key extends string>(section: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(section).filter((key): key is Key => key in section)
}

/** An object whose keys may be options. A promise is none: it was meant to be awaited. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Promise)
}

function toRecord({ faults, path, value }: SectionSource<string>): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value
  if (value !== undefined) faults.add(path, `must be an object of options, not ${describeValue(value)}`)
  return {}
}

function unknownOption(key: string, known: readonly string[], elsewhere: readonly string[] = []): string {
  const meant = nearestName(key, known)
  const candidates = meant === undefined ? misplaced(key, elsewhere) : [meant]
  const unknown = `unknown option ${describeValue(key)}`
  if (candidates.length === 0) return `${unknown}; the options here are ${known.join(', ')}`
  return `${unknown}; did you mean ${candidates.map((name) => `"${name}"`).join(' or ')}?`
}

function misplaced(key: string, elsewhere: readonly string[]): readonly string[] {
  const lastPart = (name: string) => name.slice(name.lastIndexOf('.') + 1)
  const meant = nearestName(key, elsewhere.map(lastPart))
  return elsewhere.filter((name) => lastPart(name) === meant)
}
