import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

const SHELLS: ReadonlySet<string> = new Set(['sh', 'ash', 'bash', 'busybox', 'dash', 'ksh', 'zsh'])

/** SIGTERM's, in the masks of `/proc/<pid>/status`. */
const SIGTERM_BIT = 1n << 14n

/**
 * Who is PID 1 of this container and keeps signals to itself; `undefined` when nothing speaks for that. Shells, `npm` and
 * `node --run` wait for us and pass nothing on: we are killed when the grace period is over, without a word before. A shell
 * with a trap for SIGTERM is taken for one that passes it on.
 */
export function whoKeepsSignals(): string | undefined {
  if (process.pid === 1 || process.platform !== 'linux') return undefined
  try {
    const keeper = keeperFrom(readFileSync('/proc/1/cmdline', 'utf8'))
    return isShell(keeper) && trapsSigterm(readFileSync('/proc/1/status', 'utf8')) ? undefined : keeper
  } catch {
    return undefined
  }
}

/** @param status of a process, as `/proc/<pid>/status` tells it. */
export function trapsSigterm(status: string): boolean {
  const [, caught = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status) ?? []
  return (BigInt(`0x${caught}`) & SIGTERM_BIT) !== 0n
}

/** A login shell has a dash in front of its name. */
function isShell(name = ''): boolean {
  return SHELLS.has(name.replace(/^-/, ''))
}

/** @param commandLine its arguments, with a NUL after each. */
export function keeperFrom(commandLine: string): string | undefined {
  const [program = '', ...parameters] = commandLine.split('\0').filter((part) => part !== '')
  const name = basename(program)
  // npm renames its process: all of `npm start` is the first argument.
  if (/^npm(?:$| )/.test(name)) return 'npm'
  if (isShell(name)) return name
  if (name !== 'node') return undefined
  if (parameters.includes('--run')) return 'node --run'
  return parameters.some((parameter) => basename(parameter) === 'npm-cli.js') ? 'npm' : undefined
}
