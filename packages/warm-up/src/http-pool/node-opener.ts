import type { Agent } from 'node:http'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'

import type { Opener } from './opener.ts'

interface ConnectOptions extends Readonly<Record<string, unknown>> {
  readonly host?: string
  readonly port?: number
}

type Sockets = Readonly<Record<string, readonly Socket[] | undefined>>

type OnConnection = (error?: Error | null, socket?: Socket) => void

/** The parts of Node's agents that custom ones may override, and their documentation names. */
interface OpenAgent {
  readonly options: object
  readonly sockets: Sockets
  readonly freeSockets: Sockets
  createConnection(options: ConnectOptions, onConnection?: OnConnection): Socket | undefined
  getName(options: ConnectOptions): string
}

/**
 * For agents of `node:http` and `node:https`. An agent asks its `createConnection` when it needs one; what was opened ahead
 * is given there, to requests that would have opened just that, with the same TLS options.
 */
export function createNodeOpener(given: Agent): Opener {
  const agent = given as unknown as OpenAgent
  const isSecure = (given as { readonly protocol?: string }).protocol === 'https:'
  const waiting = new Map<string, Set<Socket>>()
  const releases = new Map<Socket, () => void>()
  const createConnection = agent.createConnection.bind(agent)
  const wasOwn = Object.hasOwn(agent, 'createConnection')
  const original = agent.createConnection

  function optionsFor(origin: URL): ConnectOptions {
    const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
    const port = Number(origin.port) || (isSecure ? 443 : 80)
    const servername = isSecure ? { servername: isIP(host) === 0 ? host : '' } : {}
    return { host, port, ...servername, ...agent.options }
  }

  function take(options: ConnectOptions): Socket | undefined {
    for (const socket of waiting.get(agent.getName(options)) ?? []) {
      release(socket)
      if (isSilent(socket)) return socket.ref()
      socket.destroy()
    }
    return undefined
  }

  function keep(name: string, socket: Socket): void {
    const sockets = waiting.get(name) ?? new Set()
    waiting.set(name, sockets.add(socket))
    // The other side may close it at any time. What comes before anything was asked, as a 408, answers nobody's request;
    // and who does not listen for it does not hear of the end behind it.
    const spoken = (): void => void socket.destroy()
    const closed = (): void => release(socket)
    releases.set(socket, () => {
      sockets.delete(socket)
      socket.off('error', ignore).off('readable', spoken).off('close', closed)
    })
    socket.on('error', ignore).on('readable', spoken).once('close', closed)
    // It must not hold the process back.
    socket.unref()
  }

  function release(socket: Socket): void {
    releases.get(socket)?.()
    releases.delete(socket)
  }

  const fromStore: OpenAgent['createConnection'] = (options, onConnection) =>
    take(options) ?? createConnection(options, onConnection)

  function discard(): void {
    for (const sockets of waiting.values()) for (const socket of sockets) socket.destroy()
  }

  return {
    async open(origin, signal) {
      const options = optionsFor(origin)
      agent.createConnection = fromStore
      const socket = await connect((onConnection) => createConnection(options, onConnection), isSecure, signal)
      keep(agent.getName(options), socket)
    },
    countOpen(origin) {
      const name = agent.getName(optionsFor(origin))
      const used = [...(agent.sockets[name] ?? []), ...(agent.freeSockets[name] ?? [])]
      return (waiting.get(name)?.size ?? 0) + used.filter(({ destroyed }) => !destroyed).length
    },
    discard,
    close() {
      if (agent.createConnection === fromStore) {
        if (wasOwn) agent.createConnection = original
        else Reflect.deleteProperty(agent, 'createConnection')
      }
      discard()
    },
  }
}

function ignore(): void {}

function isSilent({ destroyed, writable, readableEnded, readableLength }: Socket): boolean {
  return !destroyed && writable && !readableEnded && readableLength === 0
}

function connect(
  begin: (onConnection: OnConnection) => Socket | undefined,
  isSecure: boolean,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', abort)
      socket?.off('error', fail).off('close', closed).off('connect', opened).off('secureConnect', opened)
      finish()
    }
    const fail = (error: unknown): void => {
      settle(() => reject(error))
      socket?.on('error', ignore).destroy()
    }
    const abort = (): void => fail(signal.reason)
    const closed = (): void => fail(new Error('the connection was closed before it was open'))
    const opened = (): void => settle(() => resolve(socket as Socket))
    const follow = (made: Socket): void => {
      socket = made
      if (signal.aborted) return void made.on('error', ignore).destroy()
      made.once('error', fail).once('close', closed)
      const isOpen = isSecure ? false : !made.connecting
      if (isOpen) opened()
      else made.once(isSecure ? 'secureConnect' : 'connect', opened)
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    const made = begin((error, late) => {
      // Node's own calls it when the socket is connected, with nothing.
      if (error) fail(error)
      else if (late !== undefined && socket === undefined) follow(late)
    })
    if (made !== undefined && socket === undefined) follow(made)
  })
}
