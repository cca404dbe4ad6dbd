/** @type {readonly import('../mutant.js').Mutant[]} */
export const gate = [
  {
    name: 'the application is called while warming',
    file: 'lifecycle/tidegate-lifecycle.ts',
    find: `this.#door.refusal = WARMING`,
    replace: `this.#door.refusal = undefined`,
  },
  {
    name: 'the gate refuses probes, too',
    file: 'lifecycle/front-door.ts',
    find: `    const { method = 'GET', url = '/' } = request
    const target = this.#init.probes.match(url)`,
    replace: `    const { method = 'GET', url = '/' } = request
    const target = this.refusal === undefined ? this.#init.probes.match(url) : undefined`,
  },
  {
    name: 'the gate opens before the warm-up is over',
    file: 'lifecycle/tidegate-lifecycle.ts',
    find: `|| !this.#warmUp.completed) return`,
    replace: `) return`,
  },
  {
    name: 'the gate opens when the service leaves before it was ready',
    file: 'shutdown/shutdown.ts',
    find: `door.refusal !== undefined) door.refusal = LEAVING`,
    replace: `door.refusal !== undefined) door.refusal = undefined`,
  },
  {
    name: 'attached servers are left to the adapter, behind its hooks',
    file: 'lifecycle/front-door.ts',
    find: `intercept: (request, response, event) => this.#intercept(request, response, event, watched)`,
    replace: `intercept: () => false`,
  },
  {
    name: 'late requests are served although they are to be refused',
    file: 'shutdown/shutdown.ts',
    find: `if (options.late === 'reject') door.refusal = LEAVING`,
    replace: ``,
  },
  {
    name: 'late requests are refused although nobody wants them to be',
    file: 'shutdown/shutdown.ts',
    find: `if (options.late === 'reject') door.refusal = LEAVING`,
    replace: `door.refusal = LEAVING`,
  },
  {
    name: 'what the gate refuses on the way out is not counted',
    file: 'lifecycle/front-door.ts',
    find: `this.drain.leaveOut(exchange)
    this.drain.count.rejected++`,
    replace: `this.drain.leaveOut(exchange)`,
  },
  {
    name: 'upgrades pass the gate while warming',
    file: 'lifecycle/front-door.ts',
    find: `const answer = this.refusal ?? this.#gates?.judge({ method, url, headers: request.headers })`,
    replace: `const answer = this.#gates?.judge({ method, url, headers: request.headers })`,
  },
  {
    name: 'whoever listens for Expect is called ahead of the gate and of probes',
    file: 'drain/watch-server.ts',
    find: `      case 'checkContinue':
`,
    replace: ``,
  },
  {
    name: 'whoever waits at the gate is forgotten when it opens',
    file: 'lifecycle/front-door.ts',
    find: `    room?.open()`,
    replace: ``,
  },
  {
    name: 'whoever waits at the gate stays there when the service leaves',
    file: 'shutdown/shutdown.ts',
    find: `    door.dismiss(LEAVING)`,
    replace: ``,
  },
  {
    name: 'requests do not wait at the gate',
    file: 'lifecycle/front-door.ts',
    find: `return answer === this.refusal && this.room !== undefined`,
    replace: `return false`,
  },
  {
    name: 'requires passes whatever fails',
    file: 'lifecycle/requirement.ts',
    find: `if (failing.length === 0) return undefined`,
    replace: `return undefined`,
  },
  {
    name: 'requires goes on saying what it said first',
    file: 'lifecycle/requirement.ts',
    find: `if (version !== state.version)`,
    replace: `if (version === -1)`,
  },
]
