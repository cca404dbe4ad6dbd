import type { PostgresPoolOptions } from './postgres-pool.ts'

/** What an operator sees in `pg_stat_activity`, after the name of the application if it has one. */
const APPLICATION_NAME = 'tidegate-check'
/** The server cuts names off after 63 bytes; ours is what has to be left of it. */
const MAX_BASE_LENGTH = 63 - 1 - APPLICATION_NAME.length

/**
 * The pool's options for the check's own client. Copied by property descriptors: a spread loses the password, which the
 * pool hides from enumeration, and an object that inherits from the options loses `ssl`.
 *
 * @param limit Milliseconds for connecting and for the query, each. The pool's own numbers do not count here: shorter
 * ones would make a server that does not answer collect more of the check's connections.
 */
export function checkClientConfig(options: PostgresPoolOptions, limit: number): object {
  const {
    connectionString,
    application_name: name = process.env['PGAPPNAME'],
    fallback_application_name: fallback,
  } = options
  const own = {
    application_name: checkName(name ?? fallback),
    connectionTimeoutMillis: limit,
    query_timeout: limit,
    keepAlive: true,
    // What a connection string says wins over the options beside it.
    ...(typeof connectionString === 'string' ? { connectionString: renamed(connectionString) } : {}),
  }
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(options),
      ...Object.getOwnPropertyDescriptors(own),
    },
  )
}

function checkName(base: string | undefined): string {
  return base ? `${base.slice(0, MAX_BASE_LENGTH)} ${APPLICATION_NAME}` : APPLICATION_NAME
}

function renamed(connectionString: string): string {
  return connectionString.replace(
    /([?&]application_name=)([^&#]*)/,
    (_, key: string, name: string) => key + encodeURIComponent(checkName(decodeURIComponent(name))),
  )
}
