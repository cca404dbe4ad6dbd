/** @type {readonly import('../mutant.js').Mutant[]} */
export const requests = [
  {
    name: 'the drain does not wait for connections',
    file: 'drain/drain.ts',
    find: `if (this.#listening || traffic.connections.size > 0) return`,
    replace: `if (this.#listening) return`,
  },
  {
    name: 'an answer counts as given before it is written out',
    file: 'drain/connection.ts',
    find: `connection.responses.push(response)`,
    replace: `connection.responses.push(response)
  response.on('prefinish', () => endResponse(connection, response))`,
  },
  {
    name: 'requests whose client has left count as answered',
    file: 'drain/traffic.ts',
    find: `this.inFlight -= unanswered`,
    replace: `this.inFlight -= unanswered; if (this.observer) this.observer.count.finished += unanswered`,
  },
  {
    name: 'a client that leaves without its answer holds the drain up',
    file: 'drain/drain.ts',
    find: `instead of being answered.
    this.#linger.endIdleSoon()`,
    replace: `instead of being answered.`,
  },
  {
    name: 'probes count as requests',
    file: 'lifecycle/judge.ts',
    find: `this.#arrivals.drain?.leaveOut(exchange)`,
    replace: ``,
  },
  {
    name: 'the last deadline cuts nothing',
    file: 'drain/drain.ts',
    find: `this.#after(last - elapsed, () => this.cut())`,
    replace: ``,
  },
  {
    name: 'the deadline does not count the requests it cuts',
    file: 'drain/count-cut.ts',
    find: `count.cutRequests += requests`,
    replace: ``,
  },
  {
    name: 'the deadline does not count the connections it cuts',
    file: 'drain/cut-connection.ts',
    find: `count.cutConnections++`,
    replace: ``,
  },
  {
    name: 'the deadline does not say what it cuts',
    file: 'drain/count-cut.ts',
    find: `cut.push(...records`,
    replace: `void [].concat(cut, ...records`,
  },
  {
    name: 'a shutdown that cut requests ends with 0',
    file: 'shutdown/shutdown.ts',
    find: `const unclean = cut > 0 ||`,
    replace: `const unclean =`,
  },
  {
    name: 'the drain signal never aborts',
    file: 'shutdown/shutdown.ts',
    find: `this.listenerClosed.abort()`,
    replace: ``,
  },
  {
    name: 'the drain signal aborts in the lame duck',
    file: 'drain/drain.ts',
    find: `this.#init.onStep('lame-duck')`,
    replace: `this.#init.onListenerClosed(); this.#init.onStep('lame-duck')`,
  },
  {
    name: 'dependencies are closed beside the drain',
    file: 'shutdown/departure.ts',
    find: `await Promise.all([this.drain.run(), this.#runDrainSteps()])`,
    replace: `await Promise.all([this.drain.run(), this.#closeDependencies(start + budget.close, 0)])`,
  },
  {
    name: 'a dependency is closed before what depends on it',
    file: 'shutdown/departure.ts',
    find: `Promise.all(dependents).then(`,
    replace: `Promise.resolve().then(`,
  },
]
