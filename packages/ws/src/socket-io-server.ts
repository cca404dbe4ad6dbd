/** What is used of one client of Engine.IO, whatever transport it has. */
export interface EngineSocketLike {
  /** Sends what is buffered first, unless it is to be discarded. */
  close(discard?: boolean): void
}

/** What is used of the Engine.IO server below Socket.IO. */
export interface EngineServerLike {
  readonly clientsCount: number
  on(event: 'connection', listener: (socket: EngineSocketLike) => void): unknown
  off(event: 'connection', listener: (socket: EngineSocketLike) => void): unknown
}

/** What is used of a Socket.IO server. Told by shape, so that typed servers and several installed copies all fit. */
export interface SocketIOServerLike {
  /** There once it is attached to an HTTP server. */
  readonly engine: EngineServerLike | undefined
}

/** Engine.IO documents its `clients`, by session, which its types call protected. */
export function clientsOf(engine: EngineServerLike): EngineSocketLike[] {
  return Object.values(Reflect.get(engine, 'clients') as Readonly<Record<string, EngineSocketLike>>)
}
