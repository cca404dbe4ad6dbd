import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'

const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n'
const LENGTH = /content-length: (\d+)/i

/** Connections that are kept alive, each with one request at a time. */
export class Probers {
  /** @type {Prober[]} */
  #idle = []
  /** @type {number[]} */
  #waiting = []

  /** @param {number} port */
  static async connect(port, connections = 16) {
    const probers = new Probers()
    const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').setNoDelay())
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    probers.#idle = sockets.map((socket) => new Prober(socket))
    return probers
  }

  /** How many are answered in a second when each asks again at once. */
  async capacity(ms = 2000) {
    const end = performance.now() + ms
    let answered = 0
    await Promise.all(
      this.#idle.map(async (prober) => {
        while (performance.now() < end) {
          await prober.ask()
          answered++
        }
      }),
    )
    return (answered * 1000) / ms
  }

  /**
   * Asks at a fixed rate, whatever the answers do. Gives how long each took, in milliseconds from when it was due: one
   * that had to wait for those before it has waited.
   *
   * @param {number} rate per second
   * @param {number} ms
   * @returns {Promise<number[]>}
   */
  async atRate(rate, ms) {
    /** @type {number[]} */
    const latencies = []
    const total = Math.round((rate * ms) / 1000)
    const start = performance.now()
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000))
      for (; sent < due; sent++) void this.#ask(start + (sent * 1000) / rate, latencies)
      await setTimeout(1)
    }
    while (latencies.length < total) await setTimeout(1)
    return latencies
  }

  /**
   * @param {number} due
   * @param {number[]} latencies
   */
  async #ask(due, latencies) {
    const prober = this.#idle.pop()
    if (prober === undefined) {
      this.#waiting.push(due)
      return
    }
    await prober.ask()
    latencies.push(performance.now() - due)
    this.#idle.push(prober)
    const next = this.#waiting.shift()
    if (next !== undefined) await this.#ask(next, latencies)
  }

  close() {
    for (const prober of this.#idle) prober.close()
  }
}

class Prober {
  /** @type {import('node:net').Socket} */
  #socket
  #answer = ''
  #answered = () => {}
  #closing = false

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket.setEncoding('latin1')
    socket.on('data', (chunk) => this.#read(String(chunk)))
    socket.on('close', () => {
      if (!this.#closing) throw new Error('the server has closed a connection')
    })
  }

  /** @returns {Promise<void>} */
  ask() {
    return new Promise((resolve) => {
      this.#answered = resolve
      this.#socket.write(REQUEST)
    })
  }

  close() {
    this.#closing = true
    this.#socket.destroy()
  }

  /** @param {string} chunk */
  #read(chunk) {
    this.#answer += chunk
    const end = this.#answer.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = Number(LENGTH.exec(this.#answer)?.[1])
    if (this.#answer.length < end + 4 + length) return
    this.#answer = ''
    this.#answered()
  }
}
