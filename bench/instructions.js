// Instructions per request, counted by valgrind: repeatable where a shared machine's seconds are not. What a manager adds is
// the difference to the bare server of the same framework.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

import { frameworks } from './programs/frameworks.js'
import { managers } from './programs/managers.js'

/** What one request of ours may cost more than a bare one. */
const LIMIT = 1500
/** Between the two the code is compiled as far as it will be: their difference leaves that, and the start of the process, out. */
const FEW = 20_000
const MANY = 40_000

const run = promisify(execFile)
const program = fileURLToPath(new URL('programs/serve-requests.js', import.meta.url))

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    framework: { type: 'string', multiple: true, default: Object.keys(frameworks) },
    manager: { type: 'string', multiple: true, default: Object.keys(managers) },
    runs: { type: 'string', default: '3' },
  },
})

const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'))
let exceeded = false
try {
  const { stdout: version } = await run(values.node, ['--version'])
  console.log(`Node ${version.trim()}, instructions per request, median of ${values.runs} runs`)
  for (const framework of values.framework) {
    let bare = 0
    for (const manager of ['bare', ...values.manager.filter((name) => name !== 'bare')]) {
      const count = await instructionsPerRequest(framework, manager)
      if (manager === 'bare') bare = count
      const added = count - bare
      exceeded ||= manager === 'tidegate' && added > LIMIT
      console.log(
        `| ${framework} | ${manager} | ${count.toFixed(0)} | ${manager === 'bare' ? '' : `${added.toFixed(0)} |`}`,
      )
    }
  }
} finally {
  await rm(folder, { recursive: true })
}
if (exceeded) {
  console.error(`tidegate adds more than ${LIMIT} instructions to a request`)
  process.exitCode = 1
}

/**
 * @param {string} framework
 * @param {string} manager
 */
async function instructionsPerRequest(framework, manager) {
  /** @type {number[]} */
  const counts = []
  for (let seed = 1; seed <= Number(values.runs); seed++) {
    const [few, many] = await Promise.all(
      [FEW, MANY].map((requests) => instructions(framework, manager, requests, seed)),
    )
    counts.push(((many ?? 0) - (few ?? 0)) / (MANY - FEW))
  }
  return counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0
}

/**
 * @param {string} framework
 * @param {string} manager
 * @param {number} requests
 * @param {number} seed
 */
async function instructions(framework, manager, requests, seed) {
  const output = `--callgrind-out-file=${join(folder, 'out.%p')}`
  // One thread, one order of compilation. What chance is left comes from the seeds, each of which has the same result always.
  const flags = ['--single-threaded', '--predictable', `--hash-seed=${seed}`, `--random-seed=${seed}`]
  const { stderr } = await run(
    'valgrind',
    ['--tool=callgrind', output, values.node, ...flags, program, framework, manager, String(requests)],
    { maxBuffer: 2 ** 24, env: { ...process.env, NODE_ENV: 'production' } },
  )
  const collected = /Collected\s*:\s*(\d+)/.exec(stderr)?.[1]
  if (collected === undefined) throw new Error(`valgrind counted nothing:\n${stderr}`)
  return Number(collected)
}
