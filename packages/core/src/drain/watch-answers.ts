import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'

import { endResponse } from './connection.ts'
import type { TrackedSocket } from './connection.ts'

/** Tells of every answer in the process that has gone out to its last byte, just before its connection is free again. */
const FINISHED = 'http.server.response.finish'

let watchers = 0

/** Hears of the end of answers; a listener on each of them would cost half as much as all the rest. Returns what stops it. */
export function watchAnswers(): () => void {
  if (watchers === 0) subscribe(FINISHED, onFinished)
  watchers++
  let isWatching = true
  return () => {
    if (!isWatching) return
    isWatching = false
    watchers--
    if (watchers === 0) unsubscribe(FINISHED, onFinished)
  }
}

function onFinished(message: unknown): void {
  const { socket, response } = message as { readonly socket: TrackedSocket; readonly response: ServerResponse }
  endResponse(socket, response)
}
