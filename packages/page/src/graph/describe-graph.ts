import { listOf } from '../format.ts'
import { SERVICE } from './graph.ts'
import type { Graph, GraphNode } from './graph.ts'
import { nodeNote } from './node-label.ts'

/** The graph in words: each node, how it is, and what it needs. */
export function describeGraph({ nodes }: Graph, serviceName: string): string {
  return `What needs what. ${nodes.map((node) => describeNode(node, serviceName)).join('. ')}.`
}

function describeNode(node: GraphNode, serviceName: string): string {
  const { name, needs, dependency } = node
  const subject = name === SERVICE ? serviceName : `${name} (${nodeNote(node).replace(' · ', ', ')})`
  const cause = dependency?.state === 'fail' ? dependency.report.rootCause : undefined
  const by = cause === undefined ? '' : ` because of ${cause}`
  return `${subject}${by}${needs.length === 0 ? '' : ` needs ${listOf(needs)}`}`
}
