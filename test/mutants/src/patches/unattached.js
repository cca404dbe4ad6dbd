const spares = {
  'Fastify 5': 'its plugin attaches the server of its app',
  'the oldest Fastify 5': 'its plugin attaches the server of its app',
  'node:http on a Unix socket, listening already': 'it was opened by the lifecycle',
}

/** @type {readonly import('../mutant.js').Mutant[]} */
export const unattached = [
  {
    name: 'a server that nobody attached is not drained',
    file: 'lifecycle/front-door.ts',
    find: `else if (!this.#isOver) this.#takeIn(request, response)`,
    replace: ``,
    spares,
  },
  {
    name: 'the request that brings a server is not counted',
    file: 'lifecycle/front-door.ts',
    find: `if (connection !== undefined) this.#begin(connection, response)`,
    replace: ``,
    spares,
  },
  {
    name: 'the request that brings a server is not answered when it is a probe',
    file: 'lifecycle/front-door.ts',
    find: `this.#takeIn(request, response)
      if (this.#takesOwn(request, response)) return true
    }
    const answer = this.#judge(request, response)`,
    replace: `this.#takeIn(request, response)
      if (this.#takesOwn(request, response)) return true
    }
    const answer = undefined as HttpAnswer | undefined`,
    spares,
  },
]
