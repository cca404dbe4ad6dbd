import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

import type { HttpAnswer } from '../http-answer.ts'

/** What becomes of a request that waits in front of the application; one of these is called, once. */
export interface WaitingEnds {
  /** The application may have it. */
  handOn(): void
  refuse(answer: HttpAnswer): void
  /** Nobody is left to answer, or somebody else has. */
  forget(): void
}

/** A request that waits in front of the application. */
export interface WaitingRequest extends WaitingEnds {
  readonly isOver: boolean
  /** Calls back when it may be over; returns what stops that. */
  watch(look: () => void): () => void
}

export function waitingExchange(request: IncomingMessage, response: ServerResponse, ends: WaitingEnds): WaitingRequest {
  return {
    ...ends,
    get isOver() {
      if (response.headersSent || response.writableEnded || response.destroyed) return true
      return request.httpVersionMajor === 1 && isDestroyed(request.socket)
    },
    watch(look) {
      // On Node 20 and 22 the queued responses of a pipeline never close; their requests do.
      request.on('close', look)
      response.on('close', look)
      return () => {
        request.off('close', look)
        response.off('close', look)
      }
    },
  }
}

export function waitingStream(stream: ServerHttp2Stream, ends: WaitingEnds): WaitingRequest {
  /** They are told of when they come, whoever reads the body when. */
  let trailers: readonly unknown[] | undefined
  const keepTrailers = (...told: readonly unknown[]): void => {
    trailers = told
  }
  return {
    ...ends,
    handOn() {
      ends.handOn()
      if (trailers !== undefined) stream.emit('trailers', ...(trailers as [never, never]))
    },
    forget() {
      // It may have been reset and not have told yet.
      stream.on('error', ignore)
      ends.forget()
    },
    get isOver() {
      return stream.closed || stream.destroyed
    },
    watch(look) {
      stream.on('close', look)
      // A client may reset it with any code, and an error that nobody listens to ends the process.
      stream.on('error', ignore)
      stream.on('trailers', keepTrailers)
      return () => {
        stream.off('close', look)
        stream.off('error', ignore)
        stream.off('trailers', keepTrailers)
      }
    },
  }
}

/** A request that was made up may have no socket. */
function isDestroyed(socket: { readonly destroyed: boolean } | undefined): boolean {
  return socket?.destroyed === true
}

function ignore(): void {}
