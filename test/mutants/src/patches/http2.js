const protocol = 'http2'

const WAITS_FOR_TRAILERS = 'the compatibility layer waits for trailers, and does not end what is reset meanwhile'

/** @type {readonly import('../mutant.js').Mutant[]} */
export const http2 = [
  {
    name: 'nobody judges streams',
    protocol,
    file: 'lifecycle/reception.ts',
    find: `writeStreamAnswer(stream, answer, method)
    return true`,
    replace: `return false`,
  },
  {
    name: 'a session goes on after the last stream it was left open for',
    protocol,
    file: 'drain/drain.ts',
    find: `if (!this.#listening) setImmediate(() => session?.close())`,
    replace: `void session`,
  },
  {
    name: 'sessions are not told to go when the listener closes',
    protocol,
    file: 'drain/drain.ts',
    find: `if (streams !== undefined) session?.close()`,
    replace: `if (streams !== undefined) void session`,
  },
  {
    name: 'sessions that never asked for anything are told to go when the listener closes',
    protocol,
    file: 'drain/drain.ts',
    find: `if (streams !== undefined) session?.close()`,
    replace: `void [streams, session?.close()]`,
  },
  {
    name: 'sessions that never ask for anything are never ended',
    protocol,
    file: 'drain/linger.ts',
    find: `for (const { session } of this.#init.traffic.connections) session?.close()`,
    replace: ``,
  },
  {
    name: 'streams are not counted',
    protocol,
    file: 'drain/traffic.ts',
    find: `beginStream(connection, stream, headers)`,
    replace: `void beginStream`,
  },
  {
    name: 'streams that their clients reset count as answered',
    protocol,
    file: 'drain/drain.ts',
    find: `if (stream.writableFinished && !stream.aborted && stream.rstCode === 0) this.#finished(stream)`,
    replace: `this.#finished(stream)`,
  },
  {
    name: 'an answer that was cut while its client read it counts as finished',
    protocol,
    file: 'drain/drain.ts',
    find: `if (stream.writableFinished && !stream.aborted`,
    replace: `if (!stream.aborted`,
    spares: { 'Fastify 5 over HTTP/2': 'it ends a long text only when most of it has been taken' },
  },
  {
    name: 'a deadline of one kind cuts the whole session',
    protocol,
    file: 'drain/drain.ts',
    find: `if (overdue.length < streams.length) cutStreams`,
    replace: `if (streams.length < 0) cutStreams`,
  },
  {
    name: 'an answer that was cut looks whole',
    protocol,
    file: 'drain/cut-streams.ts',
    find: `refuseWrites(stream)`,
    replace: ``,
    spares: {
      'node:http2': WAITS_FOR_TRAILERS,
      'node:http2 in the clear': WAITS_FOR_TRAILERS,
      'Fastify 5 over HTTP/2': WAITS_FOR_TRAILERS,
      'the oldest Fastify 5 over HTTP/2': WAITS_FOR_TRAILERS,
      'Koa 3 over HTTP/2': WAITS_FOR_TRAILERS,
      'Koa 2 over HTTP/2': WAITS_FOR_TRAILERS,
    },
  },
  {
    name: 'a stream waits for the upload that its answer came ahead of without end',
    protocol,
    file: 'drain/end-answered.ts',
    find: `if (now - open.answeredAt < limitMs) continue`,
    replace: `continue`,
  },
  {
    name: 'probes over HTTP/2 count as requests',
    protocol,
    file: 'lifecycle/judge.ts',
    find: `this.#arrivals.drain?.leaveOut(exchange)`,
    replace: `if ('setHeader' in exchange) this.#arrivals.drain?.leaveOut(exchange)`,
  },
  {
    name: 'a session outlives the limit of its streams',
    protocol,
    file: 'drain/cut-connection.ts',
    find: `connection.session?.destroy()
  connection.socket.destroy()`,
    replace: `if (connection.session === undefined) connection.socket.destroy()`,
  },
  {
    name: 'an event stream over HTTP/2 is not ended before it is cut',
    protocol,
    file: 'drain/end-cleanly.ts',
    find: `if (exchange instanceof ServerResponse && !exchange.chunkedEncoding) return false`,
    replace: `if (!(exchange instanceof ServerResponse) || !exchange.chunkedEncoding) return false`,
  },
  {
    name: 'an event stream over HTTP/2 counts as a request',
    protocol,
    file: 'drain/long-lived.ts',
    find: ` || isEventStream(headers?.accept)`,
    replace: ``,
  },
  {
    name: 'a drained server of sessions never tells that it has closed',
    protocol,
    file: 'drain/watch-server.ts',
    find: `server.close(() => {})`,
    replace: `void server`,
    spares: {
      'Fastify 5 over HTTP/2': 'it closes its server itself when the drain is over',
      'the oldest Fastify 5 over HTTP/2': 'it closes its server itself when the drain is over',
    },
  },
]
