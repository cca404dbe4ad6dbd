/** An HTTP/1 answer, read to its last byte. */
export interface Answer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface ReadAnswer {
  readonly answer: Answer
  /** How many characters of the text it took. */
  readonly length: number
}

const HEAD_END = '\r\n\r\n'

/**
 * Reads the first answer in what a connection has received, as latin1; `undefined` while it is not whole. Answers must
 * have a `Content-Length` or be chunked, as all of Node's are to HTTP/1.1.
 */
export function readAnswer(text: string, { withoutBody }: { readonly withoutBody: boolean }): ReadAnswer | undefined {
  const headEnd = text.indexOf(HEAD_END)
  if (headEnd === -1) return undefined
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const headers = new Map(lines.map((line) => toHeader(line)))
  const start = headEnd + HEAD_END.length
  const found = withoutBody ? { body: '', end: start } : readBody(text, start, headers)
  if (found === undefined) return undefined
  return { answer: { status: Number(statusLine.split(' ')[1]), headers, body: found.body }, length: found.end }
}

/** How many characters the first answer takes, when its head is here and tells. */
export function announcedLength(text: string): number | undefined {
  const headEnd = text.indexOf(HEAD_END)
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, Math.max(0, headEnd))) ?? []
  return length === undefined ? undefined : headEnd + HEAD_END.length + Number(length)
}

function toHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

interface Body {
  readonly body: string
  readonly end: number
}

function readBody(text: string, start: number, headers: ReadonlyMap<string, string>): Body | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(text, start)
  const end = start + Number(headers.get('content-length') ?? 0)
  return text.length < end ? undefined : { body: text.slice(start, end), end }
}

function readChunks(text: string, start: number): Body | undefined {
  let body = ''
  let at = start
  for (;;) {
    const sizeEnd = text.indexOf('\r\n', at)
    if (sizeEnd === -1) return undefined
    const size = Number.parseInt(text.slice(at, sizeEnd), 16)
    const chunk = sizeEnd + 2
    const end = chunk + size + 2
    if (text.length < end) return undefined
    if (size === 0) return { body, end }
    body += text.slice(chunk, chunk + size)
    at = end
  }
}
