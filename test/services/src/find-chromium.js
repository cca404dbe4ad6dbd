import { findProgram, onPath } from './find-program.js'

/** What distributions and Google call it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The path of a Chromium that a test can drive. Where none is on PATH, Debian's is installed: see `findProgram`.
 *
 * @returns {Promise<string>}
 */
export async function findChromium() {
  for (const name of NAMES) {
    const found = await onPath(name)
    if (found) return found
  }
  return findProgram('chromium')
}
