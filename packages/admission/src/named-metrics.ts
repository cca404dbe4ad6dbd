import type { Logger } from '@tidegate/core'

/** What neither form would have to escape. */
const NAME = /^[A-Za-z0-9_.-]{1,64}$/
/** All headers of an answer together may not be longer than what balancers take. */
const MOST = 32

export type ReadMetrics = () => Readonly<Record<string, number>>

/** Reads what the user measures; what is wrong with it is left out, and said once. */
export function createNamedMetrics(read: ReadMetrics, logger: Logger): ReadMetrics {
  let complained = false
  const complain = (why: string): void => {
    if (!complained) logger.error({ why }, 'orca: metrics() gave what cannot be sent; it is left out')
    complained = true
  }
  return () => {
    try {
      const all = Object.entries(read())
      const fitting = all.filter(([name, value]) => NAME.test(name) && Number.isFinite(value))
      if (fitting.length < all.length) complain('names are letters, digits, _, . and -, values finite numbers')
      if (fitting.length > MOST) complain(`there are more than ${MOST}`)
      return Object.fromEntries(fitting.slice(0, MOST))
    } catch (error) {
      complain(error instanceof Error ? error.message : 'it threw')
      return {}
    }
  }
}
