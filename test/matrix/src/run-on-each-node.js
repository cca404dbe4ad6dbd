// Runs Vitest with the arguments it is given under Node.js 20, 22, 24 and 26, one after the other, but not under the major
// that this runs under. Goes on after a failure.
import { execFileSync, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { nodeBinary } from './node-binary.js'
import { otherMajors } from './other-majors.js'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

// All are found before the first is run.
const nodes = otherMajors(process.version).map((major) => nodeBinary(major))
const outcomes = nodes.map((node) => {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  console.log(`\nNode.js ${version}`)
  // Vitest starts its workers, and tests their programs, by the path of the Node.js they run under.
  const { status } = spawnSync(node, [vitest, ...process.argv.slice(2)], {
    cwd: repository,
    env: { ...process.env, TIDEGATE_TEST_NODE: version },
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
  return `Node.js ${version} ${status === 0 ? 'passes' : 'fails'}`
})
console.log(outcomes.join('\n'))
