import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('reaper.sh', import.meta.url))

/**
 * A small process that outlives this one, to leave no server and no directory behind even after a SIGKILL.
 *
 * @param {{ signal: 'QUIT' | 'KILL', directory: string }} options
 */
export function startReaper({ signal, directory }) {
  // Detached: a Ctrl-C reaches the whole foreground group, and the reaper has to survive it.
  const child = spawn('sh', [script, signal, directory], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.unref()
  child.stdin.on('error', () => {})
  return {
    /** @param {number | undefined} pid the server's process, undefined while there is none */
    guard: (pid) => void child.stdin.write(`${pid ?? 'none'}\n`),
    dismiss: () => void child.stdin.end('done\n'),
  }
}
