import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('programs/agent-server.js', import.meta.url))

export interface AgentInstance {
  tell(command: 'hold' | 'release' | 'break' | 'mend'): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  readonly exited: Promise<unknown>
}

/** Resolves when it is ready, and its agent open. */
export async function startAgentInstance(port: number, agentPort: number, windowMs: number): Promise<AgentInstance> {
  // Its standard input ends with this process, and it with that.
  const child = spawn(process.execPath, [PROGRAM, String(port), String(agentPort), String(windowMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const died = exited.then(() => {
    throw new Error('an instance has ended before it was ready')
  })
  await Promise.race([once(child.stdout, 'data'), died])
  died.catch(() => {})
  return {
    tell: (command) => void child.stdin.write(`${command}\n`),
    kill: (signal) => void child.kill(signal),
    exited,
  }
}
