import { constants } from 'node:os'
import { styleText } from 'node:util'

import { createCleanup } from './cleanup.js'
import { showLines } from './lines.js'
import { createScene } from './scene.js'
import { showScreen } from './screen.js'
import { play } from './story.js'
import { describeResult, findFaults } from './summary.js'

const INSTANCES = 3
/** A package manager may deliver one Ctrl-C twice. */
const SAME_CTRL_C_MS = 500

const { stdout } = process

/**
 * Shows what happens while it plays, and says with the exit code what came of it.
 *
 * @param {import('./options.js').Options} options
 */
export async function runDemo(options) {
  const cleanup = createCleanup()
  const ending = new AbortController()
  /** @type {{ signal: NodeJS.Signals, at: number } | undefined} */
  let interruption

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, interrupt)

  const scene = createScene(INSTANCES, (text) => view.note(text))
  const view = (stdout.isTTY && process.env.TERM !== 'dumb' ? showScreen : showLines)(scene, stdout)
  try {
    const onCrash = (/** @type {Error} */ error) => ending.abort(error)
    const result = await play({ options, scene, cleanup, signal: ending.signal, onCrash })
    scene.act = 'done'
    view.close()
    const faults = findFaults(result)
    print(['', ...describeResult(result), ''])
    if (faults.length === 0) print([colored('green', 'Nothing was lost.')])
    else print(faults.map((fault) => colored('red', `FAILED: ${fault}`)))
    process.exitCode = faults.length === 0 ? 0 : 1
  } catch (error) {
    view.close()
    if (interruption === undefined) {
      const reason = ending.signal.aborted ? ending.signal.reason : error
      console.error(`\nThe demo cannot go on: ${reason instanceof Error ? reason.message : reason}`)
    }
    process.exitCode = interruption === undefined ? 1 : exitCodeOf(interruption.signal)
  }
  await cleanup.run()

  /** @param {NodeJS.Signals} signal */
  function interrupt(signal) {
    if (interruption === undefined) {
      interruption = { signal, at: performance.now() }
      ending.abort()
      view.close()
      print(['', `${signal}: ending what was started`])
    } else if (performance.now() - interruption.at > SAME_CTRL_C_MS) {
      // Whatever is left ends by itself when this process is gone: the servers have their reaper, the shops their leash.
      process.exit(exitCodeOf(signal))
    }
  }
}

/**
 * As a shell has it: 130 for SIGINT.
 *
 * @param {NodeJS.Signals} signal
 */
function exitCodeOf(signal) {
  return 128 + constants.signals[signal]
}

/** @param {string[]} lines */
function print(lines) {
  stdout.write(`${lines.join('\n')}\n`)
}

/**
 * @param {'green' | 'red'} color
 * @param {string} text
 */
function colored(color, text) {
  return stdout.isTTY && stdout.hasColors() ? styleText(['bold', color], text) : text
}
