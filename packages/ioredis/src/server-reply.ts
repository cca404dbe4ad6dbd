import type { CheckResult } from '@tidegate/core'

/**
 * What a refusal of PING means, by the word Redis begins it with. PING is refused exactly when ordinary commands are:
 * also with MISCONF, which Redis answers to writes and, so that health checks see it, to PING.
 */
const MEANINGS: Readonly<Record<string, Pick<CheckResult, 'status' | 'message'>>> = Object.freeze({
  LOADING: {
    status: 'fail',
    message: 'the server is still loading its data from disk and answers no commands yet',
  },
  MASTERDOWN: {
    status: 'fail',
    message:
      'the server is a replica that has lost its master and does not serve stale data (replica-serve-stale-data no)',
  },
  BUSY: {
    status: 'fail',
    message: 'the server is busy with a script or function and answers nothing else; see SCRIPT KILL',
  },
  READONLY: {
    status: 'fail',
    message: 'the server is a read-only replica; point the client at the master',
  },
  CLUSTERDOWN: {
    status: 'fail',
    message: 'the Cluster is down: some of its slots are served by nobody, or this node is cut off from most masters',
  },
  MISCONF: {
    status: 'fail',
    message: 'the server cannot write its snapshot to disk and refuses writes until it can',
  },
  NOAUTH: {
    status: 'fail',
    message: 'the server wants a password and the client has none; set `password`',
  },
  WRONGPASS: {
    status: 'fail',
    message: "the server refuses the client's user name or password, or the user is disabled",
  },
  DENIED: {
    status: 'fail',
    message: 'the server is in protected mode and refuses clients of other hosts',
  },
  // The server is reached, alive and content with the credentials; but a server that is loading says NOPERM too.
  NOPERM: {
    status: 'warn',
    message: "the client's user may not run PING, so only that the server answers is known; grant it +ping",
  },
})

const LONGEST_REASON = 300

/** The word an error reply begins with (`LOADING`, `ERR` …), or undefined when `error` did not come from the server. */
export function replyCode(error: unknown): string | undefined {
  // By its form: the class name does not survive a bundler, and `instanceof` not a second copy of ioredis.
  return error instanceof Error ? /^([A-Z]+) /.exec(error.message)?.[1] : undefined
}

/**
 * Whether the server hangs up with this reply: it did not take the connection. The end of it is heard a little later than
 * the reply; who asks on it meanwhile fails of that.
 */
export function isFarewell(error: unknown): boolean {
  return error instanceof Error && /^(?:ERR max number of clients|DENIED)\b/.test(error.message)
}

/**
 * Whether the server is a replica now: its name may lead to another server by now, and only a new connection goes there.
 * Before Redis 7 the refusal of a script's write is within an ERR.
 */
export function isReplica(error: unknown): boolean {
  return error instanceof Error && /^READONLY\b|-READONLY\b/.test(error.message)
}

/** What a PING that did not end in PONG says about the server. Never holds the error itself, see {@link describeError}. */
export function explain(error: unknown): CheckResult {
  const reply = replyCode(error)
  if (reply === undefined) return { status: 'fail', message: whyUnanswered(describeError(error)) }
  const meaning = MEANINGS[reply]
  if (meaning === undefined)
    return {
      status: 'fail',
      message: `the server refuses PING: ${describeError(error)}`,
      data: { reply },
    }
  return { status: meaning.status, message: `${meaning.message} (${reply})`, data: { reply } }
}

/** Why our script was not run, `what` being whose it is. */
export function whyNotRun(error: unknown, what: string): string {
  const reply = replyCode(error)
  const isPlain = reply === undefined || (reply !== 'NOPERM' && MEANINGS[reply] !== undefined)
  const message = isPlain ? explain(error).message : undefined
  return (message ?? `the server refuses the script of the ${what}: ${describeError(error)}`).slice(0, LONGEST_REASON)
}

function whyUnanswered(error: string): string {
  // A server without a free slot says so and hangs up at once; what it said is mostly lost to the reset.
  const hungUp = /^(?!All sentinels).*(?:EPIPE|ECONNRESET|Connection is closed|isn't writeable)/.test(error)
  return hungUp ? `the server closed the connection: it is restarting, or has reached maxclients (${error})` : error
}

/**
 * One line of text. Errors of ioredis are not passed on as they are: a refused AUTH carries the password in
 * `error.command.args`, which every logger that serialises an error's own properties would print.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Connecting to a name with several addresses fails with an AggregateError, whose own message is empty.
  const causes = error instanceof AggregateError ? error.errors.map(describeError) : []
  return error.message || causes.join(', ') || error.name
}
