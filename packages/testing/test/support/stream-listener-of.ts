import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

import type { SuiteApp } from '../../src/index.ts'

type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/** The app of the suite on streams alone, without a request or a response of Node's. */
export function streamListenerOf({ lifecycle, routes, refuseWith }: SuiteApp): StreamListener {
  const served = routes.map(({ requires, ...route }) => ({
    ...route,
    requirements: requires.map((name) => lifecycle.requires(name)),
  }))
  const serve = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> => {
    const route = served.find(
      ({ method, path }) => headers[':method'] === method.toUpperCase() && headers[':path'] === path,
    )
    if (route === undefined) return stream.respond({ ':status': 404 }, { endStream: true })
    const refusal = route.requirements.map((judge) => judge()).find((answer) => answer !== undefined)
    if (refusal !== undefined) {
      stream.respond({ ':status': refusal.status, ...refusal.headers })
      return void stream.end(refusal.body)
    }
    const body = await route.handle(stream as never, stream as never)
    if (stream.destroyed) return
    stream.respond({ ':status': 200 })
    if (typeof body === 'string') stream.end(body)
    else body?.pipe(stream)
  }
  return (stream, headers) => {
    if (refuseWith !== undefined) return stream.respond({ ':status': refuseWith }, { endStream: true })
    serve(stream, headers).catch(() => stream.respond({ ':status': 500 }, { endStream: true }))
  }
}
