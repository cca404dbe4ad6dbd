import { graphFaults } from '../graph/graph-faults.ts'
import { describeValue } from './describe-value.ts'
import { readDependency } from './read-dependency.ts'
import type { DependencySurroundings } from './read-dependency.ts'
import type { ResolvedDependency } from './resolved-options.ts'
import { isRecord } from './section.ts'

/** Reads each dependency, then judges how they hang together. */
export function resolveDependencies(
  value: unknown,
  surroundings: DependencySurroundings,
): readonly ResolvedDependency[] {
  const { faults } = surroundings
  if (value === undefined) return Object.freeze([])
  if (!Array.isArray(value)) {
    faults.add('dependencies', `must be a list, not ${describeValue(value)}`)
    return Object.freeze([])
  }

  const paths: string[] = []
  const dependencies: ResolvedDependency[] = []
  for (const [index, dependency] of value.entries()) {
    const path = toPath(index, dependency)
    if (isRecord(dependency)) {
      paths.push(path)
      dependencies.push(readDependency(dependency, path, surroundings))
    } else {
      faults.add(path, `must be a dependency, which is an object with a name, not ${describeValue(dependency)}`)
    }
  }
  for (const { index, field, message } of graphFaults(dependencies)) faults.add(`${paths[index]}.${field}`, message)
  return Object.freeze(dependencies)
}

/** A name that is no word would break the line it is to label. */
const LABEL = /^[\w.-]{1,60}$/

function toPath(index: number, dependency: unknown): string {
  const name = isRecord(dependency) ? dependency['name'] : undefined
  return typeof name === 'string' && LABEL.test(name) ? `dependencies[${index}] (${name})` : `dependencies[${index}]`
}
