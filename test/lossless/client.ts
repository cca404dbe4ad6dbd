import { connect } from 'node:net'

/** One request as its client saw it. */
export interface Sent {
  readonly id: string
  /** When the kernel had taken it, on the machine's monotonic clock. */
  readonly at: bigint
  answered: boolean
}

/**
 * A keep-alive client without a balancer: it sends a request at each of `moments` (milliseconds from now) that finds the
 * connection open and unused, until an answer tells it that the connection ends.
 */
export function runClient(port: number, name: number, moments: readonly number[]): Promise<Sent[]> {
  return new Promise((resolve) => {
    const sent: Sent[] = []
    const socket = connect(port, '127.0.0.1')
    let received = ''
    let waiting: Sent | undefined
    let gone = false

    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (waiting === undefined || !received.endsWith(`answer to ${waiting.id}.`)) return
      waiting.answered = true
      waiting = undefined
      if (/^connection: close/im.test(received)) gone = true
      received = ''
    })
    socket.on('end', () => {
      gone = true
    })
    socket.on('error', () => {
      gone = true
    })
    const timers = moments.map((moment, index) =>
      setTimeout(() => {
        if (gone || waiting !== undefined || !socket.writable || socket.connecting) return
        const id = `${name}-${index}-${Math.floor(Math.random() * 100) + 100}`
        waiting = { id, at: 0n, answered: false }
        const mine = waiting
        socket.write(`GET /${id} HTTP/1.1\r\nHost: test\r\n\r\n`, (error) => {
          if (error) return
          Object.assign(mine, { at: process.hrtime.bigint() })
          sent.push(mine)
        })
      }, moment),
    )
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer)
      resolve(sent)
    })
  })
}
