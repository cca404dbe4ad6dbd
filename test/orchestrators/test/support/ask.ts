export interface Answer {
  readonly status: number
  /** The lifecycle's, which only a probe's answer tells; `undefined` when something else has answered. */
  readonly phase: unknown
  /** How long the server leaves the connection open for the next request. */
  readonly keepAliveMs: number
}

/** Paths, or what was answered on them, by what they are for. */
export type Paths = Readonly<Record<string, string>>
export type Answers = Readonly<Record<string, Answer>>

export async function ask(origin: string, paths: Paths): Promise<Answers> {
  const answers = Object.entries(paths).map(async ([name, path]) => [name, await answerOf(`${origin}${path}`)] as const)
  return Object.fromEntries(await Promise.all(answers))
}

async function answerOf(url: string): Promise<Answer> {
  const response = await fetch(url)
  const { phase } = (await response.json()) as { phase?: unknown }
  const seconds = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '')?.[1]
  return { status: response.status, phase, keepAliveMs: Number(seconds) * 1_000 }
}
