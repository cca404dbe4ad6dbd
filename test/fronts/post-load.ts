import { Agent, request } from 'node:http'

/** One POST as its client saw it. Times are those of `Date.now()`. */
export interface Post {
  readonly id: string
  readonly sentAt: number
  readonly endedAt: number
  /** The status of a whole answer; 0 without one. */
  readonly status: number
  /** What was answered, or why nothing was. */
  readonly text: string
}

export interface PostLoad {
  /** Sends nothing more, and resolves with everything sent when all of it has ended. */
  stop(): Promise<readonly Post[]>
}

const TICK_MS = 10
const LIMIT_MS = 20_000
/** Sooner than the front end would close an idle connection: what is tested is not this side's keep-alive. */
const IDLE_MS = 30_000
const BODY = 'x'.repeat(300)

/** Sends POSTs at a steady rate over connections that are kept alive, whether those before were answered or not. */
export function startPosts(port: number, perSecond: number): PostLoad {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS })
  const posts: Promise<Post>[] = []
  let last = performance.now()
  let due = 0
  const timer = setInterval(() => {
    const now = performance.now()
    // What this process was too busy to send is not made up for in one burst.
    due = Math.min(due + ((now - last) / 1000) * perSecond, perSecond / 5)
    last = now
    for (; due >= 1; due -= 1) posts.push(post(port, agent, `${posts.length}-${Math.floor(Math.random() * 100) + 100}`))
  }, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      const ended = await Promise.all(posts)
      agent.destroy()
      return ended
    },
  }
}

/** Never rejects. */
function post(port: number, agent: Agent, id: string): Promise<Post> {
  const sentAt = Date.now()
  return new Promise((resolve) => {
    const end = (status: number, text: string): void => resolve({ id, sentAt, endedAt: Date.now(), status, text })
    const fail = (error: Error): void => end(0, error.message)
    const signal = AbortSignal.timeout(LIMIT_MS)
    const sent = request({ host: '127.0.0.1', port, agent, method: 'POST', path: `/${id}`, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => end(response.statusCode ?? 0, text))
      response.on('error', fail)
    })
    sent.on('error', fail)
    sent.end(BODY)
  })
}
