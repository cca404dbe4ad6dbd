import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'

import { createDeferred } from '../deferred.ts'
import type { WebServer } from '../drain/watch-server.ts'
import { untilAborted } from '../until-aborted.ts'
import { SELF_ADDRESS } from './self-address.ts'
import { markSelf } from './self-mark.ts'
import { createSocketPair } from './socket-pair.ts'

export interface SelfConnectOptions {
  /** Which of the lifecycle's servers. Default: the one attached first. */
  readonly server?: WebServer | undefined
  /**
   * For a server that speaks TLS: `servername`, `ALPNProtocols`, the `cert` and `key` of a client. Both ends are in this
   * process, so its certificate is not judged unless you say so.
   */
  readonly tls?: ConnectionOptions | undefined
  /** Gives up, and closes the connection if it is open by then. Default: the warm-up's own. */
  readonly signal?: AbortSignal | undefined
}

/** A connection of the service to itself. Whoever has it closes it. */
export interface SelfConnection {
  readonly socket: Duplex
  /** What is spoken there. */
  readonly protocol: 'http/1.1' | 'h2'
}

/**
 * Connects to a server in this process without a port, whether it listens or not: its own parser, its own TLS.
 *
 * @param onKnown told which socket of the server's it is, before anything is asked there.
 */
export async function connectToSelf(
  server: WebServer,
  { tls, signal }: Pick<SelfConnectOptions, 'tls' | 'signal'>,
  onKnown: (socket: Duplex) => void,
): Promise<SelfConnection> {
  signal?.throwIfAborted()
  const [client, side] = createSocketPair()
  const giveUp = (): void => void client.destroy()
  signal?.addEventListener('abort', giveUp, { once: true })
  client.once('close', () => signal?.removeEventListener('abort', giveUp))
  const speaksHttp2 = 'updateSettings' in server
  markSelf(side)
  if (!('setSecureContext' in server)) {
    server.emit('connection', side)
    return { socket: client, protocol: speaksHttp2 ? 'h2' : 'http/1.1' }
  }
  try {
    const handshake = shakeHands(server, () => server.emit('connection', side), onKnown, {
      rejectUnauthorized: false,
      ALPNProtocols: speaksHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      ...tls,
      socket: client,
    })
    const socket = await (signal === undefined ? handshake : untilAborted(handshake, signal))
    return { socket, protocol: socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1' }
  } catch (error) {
    client.destroy()
    throw error
  }
}

/**
 * Which socket of the server's has come out of the handshake, no public property says: the two ends know each other by
 * the secret that they alone share. Either may be done first, by the version of TLS.
 */
async function shakeHands(
  server: WebServer,
  begin: () => void,
  onKnown: (socket: TLSSocket) => void,
  options: ConnectionOptions,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = createDeferred<TLSSocket>()
  const shaken = new Map<string, TLSSocket>()
  let secret: string | undefined
  const meet = (): void => {
    const known = secret === undefined ? undefined : shaken.get(secret)
    if (known === undefined) return
    markSelf(known)
    // Its own getters ask the kernel, which has never heard of it.
    for (const [name, value] of Object.entries(SELF_ADDRESS)) {
      Object.defineProperty(known, name, { value, configurable: true })
    }
    onKnown(known)
    resolve(socket)
  }
  const onServer = (known: TLSSocket): void => {
    shaken.set(sharedSecret(known), known)
    meet()
  }
  const onClient = (): void => {
    secret = sharedSecret(socket)
    meet()
  }
  const onClose = (): void => reject(new Error('the connection was closed during its TLS handshake'))

  server.prependListener('secureConnection', onServer)
  begin()
  const socket = connectTls(options)
  socket.once('secureConnect', onClient).once('error', reject).once('close', onClose)
  try {
    return await promise
  } finally {
    server.off('secureConnection', onServer)
    socket.off('error', reject).off('close', onClose)
  }
}

function sharedSecret(socket: TLSSocket): string {
  return socket.exportKeyingMaterial(32, 'EXPORTER-tidegate-self', Buffer.alloc(0)).toString('base64')
}
