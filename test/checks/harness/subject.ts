import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { CheckResult } from '@tidegate/core'
import { onTestFinished } from 'vitest'

export interface SubjectOptions {
  readonly args?: readonly string[]
  /** Node's own. */
  readonly flags?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** The command that starts it, in front of its own command line. */
  readonly under?: readonly string[]
}

/** A process with one check, which does as it is told. It ends with the test. */
export interface Subject {
  readonly pid: number
  check(): Promise<CheckResult>
  tell(what: string): Promise<unknown>
}

interface Reply {
  readonly value?: unknown
  readonly error?: string
}

export async function startSubject(name: string, options: SubjectOptions = {}): Promise<Subject> {
  const { args = [], flags = [], env = {}, under = [] } = options
  const file = fileURLToPath(new URL(`../programs/${name}.js`, import.meta.url))
  const [command = process.execPath, ...rest] = [...under, process.execPath, ...flags, file, ...args]
  const child = spawn(command, rest, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await reply(child, name)

  const tell = async (what: string): Promise<unknown> => {
    const replied = reply(child, what)
    child.send(what)
    return replied
  }
  return { pid: child.pid ?? 0, tell, check: async () => (await tell('check')) as CheckResult }
}

async function reply(child: ChildProcess, what: string): Promise<unknown> {
  const ended = new AbortController()
  const [{ value, error }] = (await Promise.race([
    once(child, 'message', { signal: ended.signal }),
    once(child, 'exit', { signal: ended.signal }).then(([code, signal]) => {
      throw new Error(`${what}: the process has ended (${code ?? signal})`)
    }),
  ]).finally(() => ended.abort())) as [Reply]
  if (error !== undefined) throw new Error(`${what}: ${error}`)
  return value
}
