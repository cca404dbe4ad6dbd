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
    find: `else this.servers.takeIn(request, response)`,
    replace: ``,
    spares,
  },
  {
    name: 'the request that brings a server is not counted',
    file: 'lifecycle/watched-servers.ts',
    find: `if (connection !== undefined) arrivals.begin(connection, response)`,
    replace: ``,
    spares,
  },
  {
    name: 'the request that brings a server is not answered when it is a probe',
    file: 'lifecycle/front-door.ts',
    find: `this.servers.takeIn(request, response)
      if (this.judge.takesOwn(request, response)) return true
    }
    const answer = this.judge.judgeRequest(request, response)`,
    replace: `this.servers.takeIn(request, response)
      if (this.judge.takesOwn(request, response)) return true
    }
    const answer = undefined as ReturnType<Judge['judgeRequest']>`,
    spares,
  },
]
