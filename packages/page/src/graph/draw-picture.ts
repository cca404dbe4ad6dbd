import { markup } from '../markup.ts'
import type { Markup } from '../markup.ts'
import { sign } from '../signs.ts'
import { SERVICE } from './graph.ts'
import type { GraphNode } from './graph.ts'
import { fitName, isRootCause, nodeNote } from './node-label.ts'
import type { Box, Line, Picture } from './picture.ts'

export interface Drawing {
  readonly picture: Picture
  /** What it is to whoever cannot see it. */
  readonly description: string
  readonly className: string
  readonly serviceName: string
}

export function drawPicture({ picture, description, className, serviceName }: Drawing): Markup {
  const { width, height, boxes, lines } = picture
  // Those that matter lie above the others.
  const inOrder = lines.toSorted((a, b) => Number(carriesFailure(a)) - Number(carriesFailure(b)))
  return markup`<svg
    class="graph ${className}" role="img" aria-label="${description}"
    width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    ${inOrder.map(drawLine)}${boxes.map((box) => drawBox(box, serviceName))}</svg>`
}

function drawLine(line: Line): Markup {
  const { path, tip, to } = line
  const classes = [
    'edge',
    carriesFailure(line) && 'edge-fail',
    to.dependency?.report.critical === false && 'edge-optional',
  ]
  return markup`<g class="${classes.filter(Boolean).join(' ')}"><path d="${path}"/><path class="tip" d="M${tip.x - 7} ${tip.y - 4.5}L${tip.x} ${tip.y}L${tip.x - 7} ${tip.y + 4.5}Z"/></g>`
}

/** Whether the one fails by the other. */
function carriesFailure({ from, to }: Line): boolean {
  if (to.dependency?.state !== 'fail') return false
  return from.name === SERVICE ? to.dependency.report.critical : from.dependency?.state === 'fail'
}

function drawBox({ node, x, y, width, height }: Box, serviceName: string): Markup {
  const name = node.name === SERVICE ? serviceName : node.name
  const text = { x: x + 40, y: y + height / 2 }
  return markup`<g class="${classOf(node)}">
    <title>${name}: ${nodeNote(node)}</title>
    ${node.dependency !== undefined && isRootCause(node.dependency) && markup`<rect class="halo" x="${x - 4}" y="${y - 4}" width="${width + 8}" height="${height + 8}" rx="14"/>`}
    <rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>
    ${sign(node.dependency?.state ?? 'service', { x: x + 12, y: y + height / 2 - 9, size: 18 })}
    <text class="name" x="${text.x}" y="${text.y - 4}">${fitName(name, width)}</text>
    <text class="note" x="${text.x}" y="${text.y + 14}">${nodeNote(node)}</text></g>`
}

function classOf({ dependency }: GraphNode): string {
  if (dependency === undefined) return 'node node-service'
  return `node is-${dependency.state}${dependency.report.critical ? '' : ' node-optional'}`
}
