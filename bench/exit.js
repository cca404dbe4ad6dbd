// From SIGTERM to the end of the process: a bare server and one under a lifecycle, in turn, in one run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const RUNS = 30
const LIMIT = 2

/**
 * @param {string} program
 * @param {number} connections that were used once and are idle when the signal comes
 */
async function timeExit(program, connections) {
  const path = fileURLToPath(new URL(`programs/${program}.js`, import.meta.url))
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  const agent = new Agent({ keepAlive: true })
  await Promise.all(Array.from({ length: connections }, () => ask(Number(port), agent)))
  const exited = once(child, 'exit')
  const start = performance.now()
  child.kill('SIGTERM')
  const [code] = await exited
  const took = performance.now() - start
  agent.destroy()
  if (code !== 0) throw new Error(`${program} exited with ${code}`)
  return took
}

/**
 * @param {number} port
 * @param {Agent} agent
 */
async function ask(port, agent) {
  const [response] = await once(get({ port, agent }), 'response')
  response.resume()
  await once(response, 'end')
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

let failed = false
for (const connections of [0, 1]) {
  /** @type {number[]} */
  const bare = []
  /** @type {number[]} */
  const tidegate = []
  for (let run = 0; run < RUNS; run++) {
    bare.push(await timeExit('bare-server', connections))
    tidegate.push(await timeExit('tidegate-server', connections))
  }
  const ratio = median(tidegate) / median(bare)
  failed ||= ratio > LIMIT
  console.log(
    `${connections} idle connections: bare ${median(bare).toFixed(1)} ms, tidegate ${median(tidegate).toFixed(1)} ms, ratio ${ratio.toFixed(2)}`,
  )
}
if (failed) {
  console.error(`the exit takes more than ${LIMIT} times a bare server's own`)
  process.exitCode = 1
}
