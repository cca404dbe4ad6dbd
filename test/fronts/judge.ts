import type { Ledger } from './ledger.ts'
import type { Post } from './post-load.ts'

export interface Verdict {
  readonly sent: number
  readonly answered: number
  /** Whose handler ran, and whose client was not answered. */
  readonly unanswered: readonly Post[]
  /** Whose handler ran more than once. */
  readonly repeated: readonly string[]
  /** On a connection that no process has accepted: the kernel reset it when the listener closed. */
  readonly neverAccepted: readonly Post[]
  /** Not answered, and nothing proves that no process had it. */
  readonly lost: readonly Post[]
}

/** How far the clocks of a client and a process may be apart in what they call the same moment. */
const TOLERANCE_MS = 50

export function judge(posts: readonly Post[], ledgers: readonly Ledger[]): Verdict {
  const handled = new Set<string>()
  const repeated: string[] = []
  for (const id of ledgers.flatMap((ledger) => ledger.handled)) {
    if (handled.has(id)) repeated.push(id)
    handled.add(id)
  }
  const isAnswered = ({ id, status, text }: Post): boolean =>
    status === 200 && handled.has(id) && text.startsWith(`answer to ${id}: `)
  const failed = posts.filter((post) => !isAnswered(post))
  const unread = failed.filter(({ id }) => !handled.has(id))
  const isExcused = (post: Post): boolean => wasNeverAccepted(post, ledgers)
  return {
    sent: posts.length,
    answered: posts.length - failed.length,
    unanswered: failed.filter(({ id }) => handled.has(id)),
    repeated,
    neverAccepted: unread.filter(isExcused),
    lost: unread.filter((post) => !isExcused(post)),
  }
}

/**
 * What a process has accepted it reads, and every request it reads is in its ledger, but for one that crosses the end of
 * its connection. So it was not accepted when the front end says that its connection broke, a listener closed while it
 * was under way, and no process ended a connection then whose client did not know.
 */
function wasNeverAccepted(post: Post, ledgers: readonly Ledger[]): boolean {
  const isMeanwhile = (moment: number): boolean =>
    moment >= post.sentAt - TOLERANCE_MS && moment <= post.endedAt + TOLERANCE_MS
  return (
    (post.status === 502 || post.status === 503) &&
    ledgers.some(({ listenerClosedAt }) => isMeanwhile(listenerClosedAt)) &&
    !ledgers.some(({ untoldEnds, record }) => untoldEnds.some(isMeanwhile) || record?.requests.refused !== 0)
  )
}
