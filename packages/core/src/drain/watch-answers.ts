import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { CONNECTION, endResponse } from './connection.ts'
import type { TrackedSocket } from './connection.ts'

interface Finished {
  readonly socket: TrackedSocket
  readonly response: ServerResponse
  readonly server: object
}

/** Tells of every answer in the process that has gone out to its last byte, just before its connection is free again. */
const FINISHED = 'http.server.response.finish'

let watchers = 0

/** By their servers: what takes the socket of an answer whose connection was not known. */
const takers = new WeakMap<object, (socket: Socket) => void>()

/**
 * Hears of the end of answers; a listener on each of them would cost half as much as all the rest. A connection from before
 * the server was watched comes to be known by it. Returns what stops it.
 */
export function watchAnswers(server: object, takeIn: (socket: Socket) => void): () => void {
  takers.set(server, takeIn)
  if (watchers === 0) subscribe(FINISHED, onFinished)
  watchers++
  let isWatching = true
  return () => {
    if (!isWatching) return
    isWatching = false
    takers.delete(server)
    watchers--
    if (watchers === 0) unsubscribe(FINISHED, onFinished)
  }
}

function onFinished(message: unknown): void {
  const { socket, response, server } = message as Finished
  const connection = socket[CONNECTION]
  if (connection === undefined) takers.get(server)?.(socket)
  else endResponse(connection, response)
}
