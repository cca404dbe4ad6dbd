import type { DrainRecord } from '@tidegate/core'

import type { Program } from './program.ts'

/** The record of the shutdown, as the program has logged it. */
export async function recordOf(program: Program): Promise<DrainRecord> {
  return (await program.line('stopped')) as unknown as DrainRecord
}
