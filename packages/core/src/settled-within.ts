import { pause } from './warm-up/pause.ts'

/** Whether the work has ended, however, before so many milliseconds had passed. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const controller = new AbortController()
  const late = pause(ms, controller.signal).then(() => false)
  const ended = work.then(
    () => true,
    () => true,
  )
  const inTime = await Promise.race([ended, late])
  controller.abort()
  return inTime
}
