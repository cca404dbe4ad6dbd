import { EventEmitter, once } from 'node:events'
import { Agent, request } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, LifecycleEvents } from '@tidegate/core'
import { fastify } from 'fastify'
import type { FastifyHttpOptions, FastifyInstance } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'
import { onTestFinished } from 'vitest'

import { tidegate } from '../src/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface AskOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default: a connection for this request alone. */
  readonly agent?: Agent
}

export interface Shop {
  readonly app: FastifyInstance
  readonly lifecycle: Lifecycle<'db' | 'redis'>
  /** What has let go of what, in order. */
  readonly told: string[]
  /** Listens, on 127.0.0.1 unless told otherwise, and waits until it is ready. */
  open(host?: string): Promise<void>
  ask(path: string, options?: AskOptions): Promise<Answer>
  /** Asks `/slow`, and resolves with its answer to come once it is in the handler. */
  askSlow(options?: AskOptions): Promise<{ readonly answer: Promise<Answer> }>
  /** Lets `/slow` answer. */
  release(): void
  /** Resolves at the next step of this name. */
  reached(step: LifecycleEvents['drain']['step']): Promise<void>
  breakRedis(): Promise<void>
}

/** An app with two dependencies, a plugin registered before ours and one after it, each of which tells when it closes. */
export async function createShop(fastifyOptions: FastifyHttpOptions<Server> = {}): Promise<Shop> {
  const told: string[] = []
  const bell = new EventEmitter()
  let redisWorks = true
  let port = 0
  const lifecycle = createLifecycle({
    dependencies: [
      { name: 'db', check() {}, close: async () => void told.push('db') },
      {
        name: 'redis',
        critical: false,
        check() {
          if (!redisWorks) throw new Error('refused')
        },
        health: { interval: 20, retryInterval: 10, fall: 1, rise: 1, staleAfter: '10s' },
      },
    ],
    shutdown: { linger: false, requests: '10s', signals: false },
    logger: false,
  })
  const app = fastify(fastifyOptions)
  await app.register(teller('plugin before', told))
  await app.register(tidegate, { lifecycle })
  await app.register(teller('plugin after', told))
  app.get('/', async () => 'served')
  app.get('/slow', async () => {
    const released = once(bell, 'release')
    bell.emit('arrived')
    await released
    told.push('answered')
    return 'whole'
  })
  onTestFinished(() => app.close())
  return {
    app,
    lifecycle,
    told,
    async open(host = '127.0.0.1') {
      await app.listen({ port: 0, host })
      ;({ port } = app.server.address() as AddressInfo)
      await lifecycle.whenReady()
    },
    ask: (path, options) => ask(port, path, options),
    async askSlow(options) {
      const arrived = once(bell, 'arrived')
      const answer = ask(port, '/slow', options)
      await arrived
      return { answer }
    },
    release: () => bell.emit('release'),
    reached: (step) =>
      new Promise((resolve) => {
        lifecycle.on('drain', (event) => {
          if (event.step === step) resolve()
        })
      }),
    breakRedis: () =>
      new Promise((resolve) => {
        redisWorks = false
        lifecycle.on('health', ({ dependency, status }) => {
          if (dependency === 'redis' && status === 'fail') resolve()
        })
      }),
  }
}

/** A client whose connection stays open between requests. */
export function keptConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return agent
}

function ask(port: number, path: string, { host = '127.0.0.1', agent }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, agent: agent ?? false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

function teller(name: string, told: string[]) {
  return fastifyPlugin(async (app: FastifyInstance): Promise<void> => {
    app.addHook('onClose', async () => {
      // It lasts: only waiting keeps the order.
      await new Promise((resolve) => setTimeout(resolve, 20))
      told.push(name)
    })
  })
}
