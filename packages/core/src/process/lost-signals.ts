import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

const SHELLS: ReadonlySet<string> = new Set(['sh', 'ash', 'bash', 'busybox', 'dash', 'ksh', 'zsh'])

/**
 * Who is PID 1 of this container and keeps signals to itself; `undefined` when nothing speaks for that. Shells, `npm` and
 * `node --run` wait for us and pass nothing on: we are killed when the grace period is over, without a word before.
 */
export function whoKeepsSignals(): string | undefined {
  if (process.pid === 1 || process.platform !== 'linux') return undefined
  try {
    return keeperFrom(readFileSync('/proc/1/cmdline', 'utf8'))
  } catch {
    return undefined
  }
}

/** @param commandLine its arguments, with a NUL after each. */
export function keeperFrom(commandLine: string): string | undefined {
  const [program = '', ...parameters] = commandLine.split('\0').filter((part) => part !== '')
  const name = basename(program)
  // npm renames its process: all of `npm start` is the first argument.
  if (/^npm(?:$| )/.test(name)) return 'npm'
  // A login shell has a dash in front of its name.
  if (SHELLS.has(name.replace(/^-/, ''))) return name
  if (name !== 'node') return undefined
  if (parameters.includes('--run')) return 'node --run'
  return parameters.some((parameter) => basename(parameter) === 'npm-cli.js') ? 'npm' : undefined
}
