import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** What HAProxy thinks of a server. */
export interface ServerStats {
  /** `UP`, `DOWN (agent)`, `DRAIN`, `MAINT`, … */
  readonly status: string
  readonly weight: number
  /** What the agent has said last, as HAProxy has understood it. */
  readonly agent: string
}

/** Asks over its `stats socket`. */
export async function askServerStats(statsSocket: string, server: string): Promise<ServerStats> {
  const socket = connect(statsSocket)
  socket.end('show stat\n')
  const [head = '', ...rows] = (await text(socket)).trim().split('\n')
  const names = fieldsOf(head.replace('# ', ''))
  const row = rows.map(fieldsOf).find((fields) => fields[names.indexOf('svname')] === server) ?? []
  const field = (name: string): string => row[names.indexOf(name)] ?? ''
  return { status: field('status'), weight: Number(field('weight')), agent: field('last_agt') }
}

/** Some are quoted, and may have commas in them then. */
function fieldsOf(line: string): string[] {
  return Array.from(line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g), ([, quoted, plain]) => quoted ?? plain ?? '')
}
