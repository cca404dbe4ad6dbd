/** What is used of a WebSocket that a server has accepted. */
export interface WebSocketLike {
  close(code?: number, reason?: string): void
  terminate(): void
  once(event: 'close', listener: () => void): unknown
}

/** What is used of a `WebSocketServer` of `ws`. Told by shape, so that subclasses and several installed copies all fit. */
export interface WebSocketServerLike {
  readonly clients: ReadonlySet<WebSocketLike>
  readonly options?: {
    readonly port?: number | null | undefined
    readonly server?: { readonly listening: boolean } | null | undefined
  }
  on(event: 'headers', listener: () => void): unknown
  off(event: 'headers', listener: () => void): unknown
}
