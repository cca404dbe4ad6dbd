import type { TerminusOptions } from '@tidegate/terminus'

import type { Exit, Program } from './program.ts'
import type { Answer } from './request.ts'

/** What `programs/terminus/service.js` takes as its second argument. */
export interface TerminusPlan {
  readonly options?: TerminusOptions
  readonly hooks?: Readonly<Record<string, string>>
  readonly isClosed?: boolean
  readonly alsoHeard?: string | undefined
  readonly servers?: number
  readonly besides?: boolean
  readonly pool?: Readonly<Record<string, string>>
  readonly closeHook?: string
}

/** What is done with it. */
export interface TerminusRun extends TerminusPlan {
  readonly signal: NodeJS.Signals
  /** A request in flight at the signal. */
  readonly inFlight?: '/slow' | '/endless' | undefined
}

export const THEIRS = '@godaddy/terminus'
export const OURS = '@tidegate/terminus'

export interface Transcript {
  readonly exit: Exit
  /** The hooks and the lines of the logger, in order. */
  readonly said: readonly unknown[]
  readonly answers: readonly unknown[]
}

type Spawn = (name: string, options: { readonly args: readonly string[] }) => Program

/** One of its services from its start to its end, told as what both packages must have in common. */
export async function runTerminus(
  name: string,
  { signal, inFlight, ...plan }: TerminusRun,
  spawnProgram: Spawn,
  request: (port: number, path: string) => Promise<Answer>,
): Promise<Transcript> {
  const program = spawnProgram('terminus/service', { args: [name, JSON.stringify(plan)] })
  const answers: unknown[] = []
  const { beforeShutdown } = plan.hooks ?? {}
  const port = plan.isClosed ? undefined : await program.port()
  const ask = async (path: string): Promise<unknown> => {
    if (port === undefined) return undefined
    return request(port, path).then(
      ({ status, body }) => [path, status, body],
      () => [path, 'cut'],
    )
  }
  const askAll = async (): Promise<void> => {
    for (const path of ['/ok', '/bad', '/']) answers.push(await ask(path))
  }

  await program.line(plan.isClosed ? 'not listening' : 'listening')
  await askAll()
  const slow = inFlight && ask(inFlight)
  if (inFlight !== undefined && !plan.isClosed) await program.line('heard')
  program.signal(signal)
  // A process without a server would end by itself with its input, before it hears the signal; one may die by it.
  const hasBegun = beforeShutdown !== undefined && (await program.line('beforeShutdown').then(isThere, isNotThere))
  if (hasBegun && beforeShutdown === 'waits') await askAll()
  program.endInput()
  const exit = await program.exit
  answers.push(await slow)
  const said = program.spokenOn('stdout').filter(({ msg }) => msg !== 'listening' && msg !== 'half a second later')
  return { exit, said, answers }
}

const isThere = (): boolean => true
const isNotThere = (): boolean => false
