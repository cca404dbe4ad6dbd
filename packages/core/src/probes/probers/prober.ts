import type { ProbeKind, ProbeTarget } from '../probe-routes.ts'

/** Who asks, and for what. Anybody may have written what is in it, but for `address` and `probePort`. */
export interface Prober {
  readonly kind: ProbeKind
  /** Of which dependency, if not of the whole. */
  readonly dependency: string | undefined
  readonly method: string
  /** What the request line asks for, as it came, with its query. */
  readonly url: string
  /** The same without the query. */
  readonly path: string
  readonly userAgent: string | undefined
  /** The other end of the connection, never what a header says of it; `undefined` where it is not known. */
  readonly address: string | undefined
  /** Whether it has come in by `probes.port`. */
  readonly probePort: boolean
  /** A header of the request, by its lower-case name; one that came several times is joined by commas. */
  header(name: string): string | undefined
}

/** Node's headers, or those of Fetch. */
export type ProbeHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined }

/** The part of a socket that tells where it comes from. */
export interface Peer {
  readonly remoteAddress?: string | undefined
}

/** Reads what is asked for and no more: most answers need nothing but the target. */
export class RequestProber implements Prober {
  readonly target: ProbeTarget
  readonly method: string
  readonly url: string
  readonly probePort: boolean
  readonly #headers: ProbeHeaders | undefined
  readonly #peer: Peer | undefined

  constructor(
    target: ProbeTarget,
    method: string,
    url: string,
    headers: ProbeHeaders | undefined,
    peer: Peer | undefined,
    probePort = false,
  ) {
    this.target = target
    this.method = method
    this.url = url
    this.probePort = probePort
    this.#headers = headers
    this.#peer = peer
  }

  get kind(): ProbeKind {
    return this.target.kind
  }

  get dependency(): string | undefined {
    return this.target.dependency
  }

  get path(): string {
    return this.url.replace(/[?#].*$/s, '')
  }

  get userAgent(): string | undefined {
    return this.header('user-agent')
  }

  get address(): string | undefined {
    return this.#peer?.remoteAddress
  }

  header(name: string): string | undefined {
    const headers = this.#headers
    if (headers === undefined) return undefined
    if (isFetchHeaders(headers)) return headers.get(name) ?? undefined
    const value = headers[name]
    return typeof value === 'object' ? value.join(', ') : value
  }
}

/** A request of Node's may have a header that is called `get`. */
function isFetchHeaders(headers: ProbeHeaders): headers is Extract<ProbeHeaders, { get(name: string): string | null }> {
  return typeof headers['get' as keyof ProbeHeaders] === 'function'
}
