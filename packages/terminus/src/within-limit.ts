import { LifecycleError } from '@tidegate/core'

/**
 * What `run` gives, or resolves with.
 *
 * @param limitMs no limit when `undefined`.
 * @throws {LifecycleError} `TIDEGATE_TIMEOUT`, when it takes longer than that.
 */
export async function withinLimit(what: string, limitMs: number | undefined, run: () => unknown): Promise<unknown> {
  if (limitMs === undefined) return run()
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    const expire = (): void => reject(new LifecycleError('TIDEGATE_TIMEOUT', `${what} took longer than ${limitMs} ms`))
    timer = setTimeout(expire, limitMs)
  })
  try {
    return await Promise.race([limit, run()])
  } finally {
    clearTimeout(timer)
  }
}
