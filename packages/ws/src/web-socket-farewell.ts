import type { Duration, StageContext } from '@tidegate/core'

import { staggerWindow } from './stagger-window.ts'
import { stagger } from './stagger.ts'
import type { WebSocketLike, WebSocketServerLike } from './web-socket-server.ts'

export interface Farewell {
  readonly code: number
  readonly reason: string
  readonly stagger: Duration | false | undefined
}

/** How long before the limit the rest is terminated: core ends what is left 100 ms before it, and would count it. */
const RESERVE_MS = 200
/** Of a short limit. */
const LARGEST_RESERVE = 0.25

/** Sends a close frame to everybody who is connected to one server, or comes late, and waits for the answers. */
export class WebSocketFarewell {
  readonly #server: WebSocketServerLike
  readonly #farewell: Farewell
  readonly #met = new Set<WebSocketLike>()
  #closed = 0
  #onAllGone: () => void = () => {}

  constructor(server: WebSocketServerLike, farewell: Farewell) {
    this.#server = server
    this.#farewell = farewell
  }

  /** Resolves when no client is left; those who did not answer in time are terminated. */
  async say({ signal, remaining, logger }: StageContext): Promise<void> {
    const { clients } = this.#server
    const limit = remaining()
    for (const client of clients) this.#meet(client)
    this.#server.on('headers', this.#onHandshake)

    const window = staggerWindow(this.#farewell.stagger, limit)
    const stop = stagger([...clients], window, (client) => this.#close(client))
    const inTime = await this.#allGone(limit - Math.min(RESERVE_MS, limit * LARGEST_RESERVE), signal)
    stop()

    const closed = this.#closed
    // When all were gone, who is here has come since, and is told as a latecomer.
    const rest = inTime ? [] : [...clients]
    for (const client of rest) client.terminate()
    const terminated = rest.length
    if (terminated > 0) {
      const why = signal.aborted ? 'in a hurry' : 'which had not answered the close frame in time'
      logger.warn({ closed, terminated }, `WebSockets: ${closed} closed, ${terminated} terminated, ${why}`)
    } else if (closed > 0) {
      logger.info({ closed, terminated }, `WebSockets: ${closed} closed`)
    }
  }

  /** Who comes from now on is not told. */
  end(): void {
    this.#server.off('headers', this.#onHandshake)
  }

  #meet(client: WebSocketLike): void {
    this.#met.add(client)
    client.once('close', () => {
      this.#closed++
      if (this.#server.clients.size === 0) this.#onAllGone()
    })
  }

  /** Does nothing where either side has begun to close already. */
  #close(client: WebSocketLike): void {
    client.close(this.#farewell.code, this.#farewell.reason)
  }

  /**
   * A handshake that was under way is about to be completed. Not 'connection', which whoever calls `handleUpgrade` may
   * leave out; and a tick later, so that the application has seen the client first.
   */
  readonly #onHandshake = (): void => {
    process.nextTick(() => {
      for (const client of this.#server.clients) {
        if (this.#met.has(client)) continue
        this.#meet(client)
        this.#close(client)
      }
    })
  }

  /** False when the limit or the signal came first. */
  async #allGone(limitMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#server.clients.size === 0) return true
    if (signal.aborted) return false
    let timer: NodeJS.Timeout | undefined
    const inTime = await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), limitMs)
      signal.addEventListener('abort', () => resolve(false), { once: true })
      this.#onAllGone = () => resolve(true)
    })
    clearTimeout(timer)
    return inTime
  }
}
