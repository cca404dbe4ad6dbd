/** What the clients of a PostgreSQL have asked of it. */
export interface ServerRecord {
  /** Every connection taken, by its `application_name`; `''` for one that was gone before it had said who it is. */
  readonly connections: readonly string[]
  /** Every statement run. */
  readonly statements: readonly { readonly application: string; readonly text: string }[]
}

/** What makes the server write down all that {@link readLog} reads. */
export const LOG_SETTINGS = { log_connections: 'on', log_statement: 'all', log_line_prefix: '%p|%a|' }

const LINE = /^(\d+)\|(.*?)\|LOG: {2}(.*)$/

/** Reads the lines of a server's log, leaving out the connections called `observer` and their statements. */
export function readLog(lines: readonly string[], observer: string): ServerRecord {
  const connections = new Map<string, string>()
  const statements: { application: string; text: string }[] = []
  for (const line of lines) {
    const [, pid = '', application = '', message = ''] = LINE.exec(line) ?? []
    if (message.startsWith('connection received')) connections.set(pid, '')
    const [, named] = /^connection authorized: .*application_name=(.*)$/.exec(message) ?? []
    if (named !== undefined) connections.set(pid, named.replace(/ SSL enabled.*$/, ''))
    const [, text] = /^(?:statement|execute [^:]*): (.*)$/.exec(message) ?? []
    if (text !== undefined && application !== observer) statements.push({ application, text })
  }
  return { connections: [...connections.values()].filter((name) => name !== observer), statements }
}
