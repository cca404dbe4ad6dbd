/** @type {readonly import('../mutant.js').Mutant[]} */
export const connections = [
  {
    name: 'the listener closes at once, without a lame duck',
    file: 'drain/drain.ts',
    find: `if (plan.lameDuck > 0)`,
    replace: `if (plan.lameDuck < 0)`,
  },
  {
    name: 'connections in the accept queue are reset',
    file: 'drain/drain.ts',
    find: `if (!this.#isOver) await emptyAcceptQueue(traffic)`,
    replace: ``,
  },
  {
    name: "the listener is closed by http's own close()",
    file: 'drain/watch-server.ts',
    find: `NetServer.prototype.close.call(server)`,
    replace: `server.close()`,
  },
  {
    name: 'the listener stays open',
    file: 'drain/drain.ts',
    find: `for (const server of servers()) server.stopListening()`,
    replace: ``,
  },
  {
    name: 'a drained server never tells that it has closed',
    file: 'drain/watch-server.ts',
    find: `server.close(() => {})`,
    replace: ``,
    spares: {
      'Fastify 5': 'it closes its server itself when the drain is over',
      'the oldest Fastify 5': 'it closes its server itself when the drain is over',
    },
  },
  {
    name: 'idle connections are kept for no longer than Node keeps them',
    file: 'lifecycle/outlast-balancers.ts',
    find: `server.keepAliveTimeout = KEEP_ALIVE_MS`,
    replace: `void server`,
    spares: {
      'Fastify 5': 'it keeps them for 72 s itself',
      'the oldest Fastify 5': 'it keeps them for 72 s itself',
      'node:http2 with allowHTTP1': 'it keeps them without end',
    },
  },
  {
    name: 'idle connections are ended as soon as the listener has closed',
    file: 'drain/drain.ts',
    find: `this.#after(plan.linger, `,
    replace: `this.#after(0, `,
  },
  {
    name: 'idle connections are never ended',
    file: 'drain/linger.ts',
    find: `endSpread([...traffic.connections].filter(isIdle))`,
    replace: `endSpread([])`,
  },
  {
    name: 'idle connections are ended while a request is in flight',
    file: 'drain/linger.ts',
    find: `if (hasOrdinary(connection)) return`,
    replace: `void 0`,
  },
  {
    name: 'connections that are busy by now are ended among the idle ones',
    file: 'drain/end-connection.ts',
    find: `if (isIdle(connection)) endIdle(connection)`,
    replace: `if (connection !== undefined) endIdle(connection)`,
  },
  {
    name: 'connections are only half closed',
    file: 'drain/end-connection.ts',
    find: `if (typeof socket.destroySoon === 'function') socket.destroySoon()`,
    replace: `if (socket === undefined) return`,
  },
  {
    name: 'half a header gets no answer',
    file: 'drain/end-connection.ts',
    find: `socket.write(REQUEST_TIMEOUT)`,
    replace: `void 0`,
  },
  {
    name: 'an idle connection is told 408',
    file: 'drain/end-connection.ts',
    find: `socket.bytesRead > bytesRead + STRAY_CRLF`,
    replace: `true`,
  },
  {
    name: 'a connection stays open after an answer that could not say so',
    file: 'drain/linger.ts',
    find: `if (!this.#isOver) return
    endSoon(connection)`,
    replace: `if (!this.#isOver) return`,
  },
  {
    name: 'a connection is ended after its first answer, whatever is behind it',
    file: 'drain/linger.ts',
    find: `if (isIdle(connection)) endConnection(connection)`,
    replace: `endConnection(connection)`,
  },
  {
    name: 'a connection is ended before the upload that its answer came ahead of',
    file: 'drain/connection.ts',
    find: `&& !uploading &&`,
    replace: `&&`,
  },
  {
    name: 'an upload that its answer came ahead of is waited for without end',
    file: 'drain/await-upload.ts',
    find: `setTimeout(end, limitMs)`,
    replace: `setTimeout(() => {}, limitMs)`,
    spares: { Hono: 'its server ends such a connection itself after 500 ms' },
  },
  {
    name: 'an upload that was answered and never ended is told 408',
    file: 'drain/end-connection.ts',
    find: `return !answeredEarly && `,
    replace: `return `,
  },
]
