/** One request that the service sends to itself. */
export interface SelfRequest {
  /** Default `'GET'`, with a body `'POST'`. */
  readonly method?: string | undefined
  /** From the slash on, with its query. */
  readonly path: string
  /** `host` is `localhost` and `user-agent` `tidegate-self-request`, unless given. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array | undefined
}

/** The same with nothing left out. */
export interface ReadyRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** Method and path without the query, which may hold what is not for the log. */
  readonly route: string
}

const LINE = /^(?:([A-Z]+) )?(\/[\x21-\x7e]*)$/
const METHOD = /^[A-Z]+$/
const FIELDS = new Set(['method', 'path', 'headers', 'body'])

export function isRequest(value: unknown): value is string | SelfRequest {
  if (typeof value === 'string') return LINE.test(value)
  if (typeof value !== 'object' || value === null) return false
  const { method, path, headers = {}, body } = value as Readonly<Record<string, unknown>>
  return (
    Object.keys(value).every((field) => FIELDS.has(field)) &&
    (method === undefined || (typeof method === 'string' && METHOD.test(method) && method !== 'CONNECT')) &&
    typeof path === 'string' &&
    path.startsWith('/') &&
    LINE.test(path) &&
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((content) => typeof content === 'string') &&
    (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
  )
}

/** `'/products'`, `'DELETE /cart'`, or an object. */
export function readRequest(given: string | SelfRequest): ReadyRequest {
  const { method, path, headers = {}, body } = typeof given === 'string' ? readLine(given) : given
  const asked = method ?? (body === undefined ? 'GET' : 'POST')
  const lowerCase = Object.entries(headers).map(([name, content]) => [name.toLowerCase(), content] as const)
  return {
    method: asked,
    path,
    headers: { host: 'localhost', 'user-agent': 'tidegate-self-request', ...Object.fromEntries(lowerCase) },
    body,
    route: `${asked} ${path.replace(/[?#].*$/, '')}`,
  }
}

function readLine(line: string): SelfRequest {
  const [, method, path = '/'] = LINE.exec(line) ?? []
  return { method, path }
}
