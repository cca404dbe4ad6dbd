import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { findNghttp2 } from '@tidegate/services'

const LIMIT_MS = 30_000
const FRAME =
  /\] (send|recv) (\w+) frame <length=\d+, flags=0x(\w+), stream_id=(\d+)>(?:\s+\(last_stream_id=(\d+), error_code=(\w+))?/g

/** A frame as nghttp tells it. */
export interface Frame {
  readonly from: 'client' | 'server'
  /** Such as `HEADERS`. */
  readonly type: string
  readonly flags: number
  readonly stream: number
  /** Of a GOAWAY; of others they are `NaN` and `undefined`. */
  readonly lastStream: number
  readonly error: string | undefined
}

/** Asks for all `urls` at once over one connection; resolves with every frame of it, in order, when it has ended. */
export async function runNghttp(urls: readonly string[]): Promise<Frame[]> {
  const { nghttp } = await findNghttp2()
  const { stdout } = await promisify(execFile)(nghttp, ['--verbose', '--null-out', ...urls], { timeout: LIMIT_MS })
  return [...stdout.matchAll(FRAME)].map(([, direction, type = '', flags = '', stream, lastStream, error]) => ({
    from: direction === 'send' ? 'client' : 'server',
    type,
    flags: Number.parseInt(flags, 16),
    stream: Number(stream),
    lastStream: Number(lastStream),
    error,
  }))
}
