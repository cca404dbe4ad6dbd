/** One query as `pg` takes it: its text, with values to bind, and with a name to prepare it under. */
export type PostgresStatement =
  | string
  | {
      readonly text: string
      readonly values?: readonly unknown[] | undefined
      readonly name?: string | undefined
    }

/** What is used of a `pg.Client`. */
export interface PostgresClient {
  /** Absent in the native client. */
  readonly connection?: { readonly stream: { destroy(): unknown } }
  connect(): Promise<unknown>
  query(statement: PostgresStatement): Promise<unknown>
  end(): Promise<unknown>
  /** Absent in the native client. */
  unref?(): void
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** A client that is checked out of a pool. */
export interface PostgresPoolClient extends PostgresClient {
  release(discard?: boolean): void
}

/** What is read of a pool's options; all of them are handed on to the check's own client. */
export interface PostgresPoolOptions {
  readonly max?: number | undefined
  readonly min?: number | undefined
  readonly idleTimeoutMillis?: number | null | undefined
  readonly maxLifetimeSeconds?: number | undefined
  readonly connectionString?: string | undefined
  readonly application_name?: string | undefined
  readonly fallback_application_name?: string | undefined
}

/**
 * What is used of a `pg.Pool`. Told by shape, so that pools of any version of `pg` and `@types/pg`, of `pg-pool` and of
 * `pg.native`, subclasses and several installed copies all fit.
 */
export interface PostgresPool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly ending?: boolean
  readonly options?: PostgresPoolOptions
  connect(): Promise<PostgresPoolClient>
  end(): Promise<unknown>
  on(event: 'connect' | 'remove', listener: (client: PostgresPoolClient) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'connect' | 'remove', listener: (client: PostgresPoolClient) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** What a pool makes its clients with. */
export type PostgresClientConstructor = new (config: object) => PostgresClient

/** The pool has it as `Client`, which its types do not mention. */
export function clientConstructorOf(pool: PostgresPool): PostgresClientConstructor | undefined {
  const constructor: unknown = Reflect.get(pool, 'Client')
  return typeof constructor === 'function' ? (constructor as PostgresClientConstructor) : undefined
}
