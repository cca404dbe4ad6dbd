import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect } from 'node:tls'

export interface TlsPeer {
  readonly host: string
  readonly port: number
  readonly servername: string | undefined
}

/** What a server shows in its handshake, its own first. Leaves no connection, also when the signal aborts. */
export async function peerCertificates(
  { host, port, servername = isIP(host) === 0 ? host : undefined }: TlsPeer,
  signal: AbortSignal,
): Promise<readonly X509Certificate[]> {
  signal.throwIfAborted()
  // An expired certificate is what is looked for, and nothing is sent to whoever shows it.
  const options = { host, port, rejectUnauthorized: false, ...(servername === undefined ? {} : { servername }) }
  const socket = connect(options)
  // What a socket that has been dropped may still say is nobody's error.
  socket.on('error', () => {})
  try {
    await once(socket, 'secureConnect', { signal })
    return chainFrom(socket.getPeerX509Certificate())
  } finally {
    socket.destroy()
  }
}

function chainFrom(first: X509Certificate | undefined): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  for (let each = first; each !== undefined && !isAmong(chain, each); each = each.issuerCertificate) chain.push(each)
  return chain
}

function isAmong(chain: readonly X509Certificate[], { fingerprint256 }: X509Certificate): boolean {
  return chain.some((known) => known.fingerprint256 === fingerprint256)
}
