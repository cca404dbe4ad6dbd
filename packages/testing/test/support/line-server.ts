import type { Socket } from 'node:net'

import { createBackend } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'

/** A store that speaks in lines: answers `ping` at once, and `wait` when it is told to go on. */
export interface LineServer extends Backend {
  goOn(): void
}

export async function createLineServer(): Promise<LineServer> {
  const waiting = new Set<() => void>()
  const backend = await createBackend((socket) => {
    serve(socket, () => new Promise((resolve) => waiting.add(resolve)))
  })
  return {
    ...backend,
    goOn() {
      for (const resolve of waiting) resolve()
      waiting.clear()
    },
  }
}

function serve(socket: Socket, untilToldToGoOn: () => Promise<void>): void {
  let answered = Promise.resolve()
  let unread = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (unread + text).split('\n')
    unread = lines.pop() ?? ''
    for (const line of lines) answered = answered.then(() => answer(line))
  })
  async function answer(line: string): Promise<void> {
    if (line.startsWith('auth ')) return
    if (line === 'wait') await untilToldToGoOn()
    if (line === 'quit') socket.end()
    else socket.write(`${line} is done\n`)
  }
}
