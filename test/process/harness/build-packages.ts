import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const script = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url))

/** Builds every package once, before the first test: the programs run what users install, never a stale copy of it. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, [script], { timeout: 120_000 })
}
