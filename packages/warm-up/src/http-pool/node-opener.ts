import type { Agent } from 'node:http'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'

import type { Opener } from './opener.ts'

interface ConnectOptions extends Readonly<Record<string, unknown>> {
  readonly host?: string
  readonly port?: number
}

type OnConnection = (error?: Error | null, socket?: Socket) => void

/** The parts of Node's agents that custom ones may override, and their documentation names. */
interface OpenAgent {
  readonly options: object
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
  const createConnection = agent.createConnection.bind(agent)
  const wasOwn = Object.hasOwn(agent, 'createConnection')
  const original = agent.createConnection

  function take(options: ConnectOptions): Socket | undefined {
    const [socket] = waiting.get(agent.getName(options)) ?? []
    if (socket === undefined) return undefined
    forget(agent.getName(options), socket)
    return socket.ref()
  }

  function forget(name: string, socket: Socket): void {
    waiting.get(name)?.delete(socket)
    socket.off('error', ignore)
  }

  function keep(name: string, socket: Socket): void {
    waiting.set(name, (waiting.get(name) ?? new Set()).add(socket))
    // The other side may close it at any time, and it must not hold the process back.
    socket.on('error', ignore).once('close', () => forget(name, socket))
    socket.unref()
  }

  const fromStore: OpenAgent['createConnection'] = (options, onConnection) =>
    take(options) ?? createConnection(options, onConnection)

  function discard(): void {
    for (const sockets of waiting.values()) for (const socket of sockets) socket.destroy()
  }

  return {
    async open(origin, signal) {
      const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
      const port = Number(origin.port) || (isSecure ? 443 : 80)
      const servername = isSecure ? { servername: isIP(host) === 0 ? host : '' } : {}
      const options: ConnectOptions = { host, port, ...servername, ...agent.options }
      agent.createConnection = fromStore
      const socket = await connect((onConnection) => createConnection(options, onConnection), isSecure, signal)
      keep(agent.getName(options), socket)
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
