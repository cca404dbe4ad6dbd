import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

interface Question {
  resolve(answer: string): void
  reject(error: Error): void
}

/** Stands for a driver: one connection, opened by the first question, on which answers come in the order of questions. */
export class LineClient {
  readonly port: number
  readonly password: string
  #socket: Socket | undefined
  #ended = false
  readonly #questions: Question[] = []

  constructor({ port, password }: { readonly port: number; readonly password: string }) {
    this.port = port
    this.password = password
  }

  async ask(question: string): Promise<string> {
    if (this.#ended) throw new Error('the client has ended')
    const socket = (this.#socket ??= this.#open())
    return new Promise((resolve, reject) => {
      this.#questions.push({ resolve, reject })
      socket.write(`${question}\n`)
    })
  }

  /** Takes no more questions, and lets the server close the connection when it has answered those that were asked. */
  async end(): Promise<void> {
    const socket = this.#socket
    if (socket !== undefined && !this.#ended) void this.ask('quit').catch(() => {})
    this.#ended = true
    if (socket !== undefined && !socket.closed) await once(socket, 'close')
  }

  /** Ends the connection at once; the next question opens another. */
  drop(): void {
    this.#socket?.destroy()
    this.#lost(new Error('the connection was dropped'))
  }

  #open(): Socket {
    const socket = connect(this.port, 'localhost')
    socket.setEncoding('utf8').write(`auth ${this.password}\n`)
    let unread = ''
    socket.on('data', (text: string) => {
      const lines = (unread + text).split('\n')
      unread = lines.pop() ?? ''
      for (const line of lines) this.#questions.shift()?.resolve(line)
    })
    let reason = new Error('the server closed the connection')
    socket.on('error', (error) => {
      reason = error
    })
    socket.on('close', () => {
      if (this.#socket === socket) this.#lost(reason)
    })
    return socket
  }

  #lost(reason: Error): void {
    this.#socket = undefined
    for (const { reject } of this.#questions.splice(0)) reject(reason)
  }
}
