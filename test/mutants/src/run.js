// Breaks one promise of core after the other, and fails unless every adapter's suite notices.
import { readFileSync } from 'node:fs'

import { breakPromise, pathOf, protocolOf } from './mutant.js'
import { mutants } from './mutants.js'
import { runSuites } from './run-suites.js'
import { judge } from './verdict.js'

const wanted = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
if (chosen.length === 0) {
  throw new Error(`no mutant has ${wanted.map((part) => `"${part}"`).join(' or ')} in its name; see src/patches`)
}
// Found out here, not when the mutant's turn has come.
for (const mutant of chosen) breakPromise(mutant, readFileSync(pathOf(mutant), 'utf8'))

// A worker that is killed can leave an await here that nothing settles, and Node ends without a word.
let judged = 'none'
process.once('exit', () => {
  if (judged !== 'all') console.error(`ended early; the last mutant to be judged: ${judged}`)
})

const start = performance.now()
/** @type {Map<import('./server-suites.js').Protocol, readonly string[]>} */
const suitesOf = new Map()
for (const protocol of new Set(chosen.map(protocolOf))) {
  const whole = await runSuites(protocol)
  const suites = [...whole.keys()]
  const failing = suites.filter((suite) => whole.get(suite) !== undefined)
  if (failing.length > 0 || suites.length === 0) {
    throw new Error(
      `the suites must pass before a mutant can be judged; failing: ${failing.join(', ') || 'none was found'}`,
    )
  }
  suitesOf.set(protocol, suites)
  console.log(`${suites.length} suites pass without a mutant: ${suites.join(', ')}\n`)
}
const known = [...suitesOf.values()].flat()
const stray = chosen.flatMap(({ spares = {} }) => Object.keys(spares)).find((name) => !known.includes(name))
if (stray !== undefined) throw new Error(`a mutant spares "${stray}", and no suite is called that; see src/patches`)

const alive = []
for (const mutant of chosen) {
  const began = performance.now()
  const protocol = protocolOf(mutant)
  const { killed, lines } = judge(mutant, suitesOf.get(protocol) ?? [], await runSuites(protocol, mutant))
  if (!killed) alive.push(mutant.name)
  console.log(`${killed ? 'killed' : 'LIVES '} ${mutant.name} (${seconds(began)})`)
  for (const line of lines) console.log(`         ${line}`)
  judged = mutant.name
}
judged = 'all'

console.log(
  `\n${chosen.length} mutants in ${seconds(start)}: ${chosen.length - alive.length} killed, ${alive.length} alive`,
)
for (const name of alive) console.log(`  alive: ${name}`)
// Set by Vitest whenever a test fails, as they must here.
process.exitCode = alive.length === 0 ? 0 : 1

/** @param {number} from */
function seconds(from) {
  return `${Math.round((performance.now() - from) / 1_000)} s`
}
