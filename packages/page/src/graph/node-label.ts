import { STATE_WORDS } from '../shown-state.ts'
import type { GraphNode } from './graph.ts'

/** No font can be measured here: of the wide ones. */
const CHARACTER = 9
const NOTE_CHARACTER = 7.6
/** The sign at the left, and the space around. */
const PADDING = 56
const NARROWEST = 140
const WIDEST = 260

export function nodeWidth(node: GraphNode, label: string): number {
  const text = Math.max(label.length * CHARACTER, nodeNote(node).length * NOTE_CHARACTER)
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, text + PADDING)))
}

/** As much of a name as there is room for. */
export function fitName(name: string, width: number): string {
  const most = Math.floor((width - PADDING) / CHARACTER)
  if (name.length <= most) return name
  // What tells names apart is often at their end.
  const end = Math.floor((most - 1) / 2)
  return `${name.slice(0, most - 1 - end)}…${name.slice(-end)}`
}

/** The second line of a node. */
export function nodeNote(node: GraphNode): string {
  if (node.dependency === undefined) return 'this service'
  const { report, state } = node.dependency
  const note = isRootCause(node.dependency) ? 'root cause' : STATE_WORDS[state]
  return report.critical ? note : `${note} · not critical`
}

/** Whether others fail because of it. */
export function isRootCause({ report, state }: NonNullable<GraphNode['dependency']>): boolean {
  return state === 'fail' && (report.affects ?? []).length > 0
}
