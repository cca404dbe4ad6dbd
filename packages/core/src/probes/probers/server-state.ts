/** What HAProxy's `http-check send-state` says of the server that it asks. */
export interface ServerState {
  /** `UP`, `DOWN`, `NOLB` (no more requests by load balancing), as HAProxy writes it. */
  readonly state: string
  /** The backend and the server: `shop/web1`. */
  readonly name: string
  /** Which HAProxy says so. */
  readonly node: string
}

const LONGEST_FIELD = 80
const LONGEST_HEADER = 512

/** Reads `UP 2/3; name=shop/web1; node=lb1; weight=1/2; scur=13/22; qcur=0`; `undefined` for what is no such thing. */
export function readServerState(header: string | undefined): ServerState | undefined {
  if (header === undefined) return undefined
  const [first = '', ...fields] = header.slice(0, LONGEST_HEADER).split(';')
  const state = /^(UP|DOWN|NOLB|DRAIN|MAINT)\b/.exec(first.trim())?.[1]
  if (state === undefined) return undefined
  return { state, name: fieldOf(fields, 'name='), node: fieldOf(fields, 'node=') }
}

/** Whether it sends us no new requests any more. */
export function isOutOfRotation(state: ServerState | undefined): boolean {
  return state !== undefined && state.state !== 'UP'
}

function fieldOf(fields: readonly string[], prefix: string): string {
  const field = fields.map((one) => one.trim()).find((one) => one.startsWith(prefix)) ?? prefix
  return field.slice(prefix.length, prefix.length + LONGEST_FIELD).replace(/[^\x20-\x7e]/g, '?')
}
