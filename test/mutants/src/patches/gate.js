/** @type {readonly import('../mutant.js').Mutant[]} */
export const gate = [
  {
    name: 'the application is called while warming',
    file: 'lifecycle/way-in.ts',
    find: `door.gate.refusal = WARMING`,
    replace: `door.gate.refusal = undefined`,
  },
  {
    name: 'the gate refuses probes, too',
    file: 'lifecycle/judge.ts',
    find: `    const { method = 'GET', url = '/' } = request
    const target = this.#probes.match(url)`,
    replace: `    const { method = 'GET', url = '/' } = request
    const target = this.#gate.refusal === undefined ? this.#probes.match(url) : undefined`,
  },
  {
    name: 'the gate opens before the warm-up is over',
    file: 'lifecycle/way-in.ts',
    find: `|| !warmUp.completed) return`,
    replace: `) return`,
  },
  {
    name: 'the gate opens when the service leaves before it was ready',
    file: 'shutdown/shutdown.ts',
    find: `door.gate.refusal !== undefined) door.gate.refusal = LEAVING`,
    replace: `door.gate.refusal !== undefined) door.gate.refusal = undefined`,
  },
  {
    name: 'attached servers are left to the adapter, behind its hooks',
    file: 'lifecycle/watched-servers.ts',
    find: `intercept: (request, response, event) => reception.intercept(request, response, event, watched)`,
    replace: `intercept: () => false`,
  },
  {
    name: 'late requests are served although they are to be refused',
    file: 'shutdown/shutdown.ts',
    find: `if (options.late === 'reject') door.gate.refusal = LEAVING`,
    replace: ``,
  },
  {
    name: 'late requests are refused although nobody wants them to be',
    file: 'shutdown/shutdown.ts',
    find: `if (options.late === 'reject') door.gate.refusal = LEAVING`,
    replace: `door.gate.refusal = LEAVING`,
  },
  {
    name: 'what the gate refuses on the way out is not counted',
    file: 'lifecycle/judge.ts',
    find: `drain.leaveOut(exchange)
    drain.count.rejected++`,
    replace: `drain.leaveOut(exchange)`,
  },
  {
    name: 'upgrades pass the gate while warming',
    file: 'lifecycle/judge.ts',
    find: `const answer = this.#gate.refusal ?? this.#gates.ask({ method, url, headers: request.headers })`,
    replace: `const answer = this.#gates.ask({ method, url, headers: request.headers })`,
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
    file: 'lifecycle/main-gate.ts',
    find: `    room?.open()`,
    replace: ``,
  },
  {
    name: 'whoever waits at the gate stays there when the service leaves',
    file: 'shutdown/shutdown.ts',
    find: `    door.gate.dismiss(LEAVING)`,
    replace: ``,
  },
  {
    name: 'requests do not wait at the gate',
    file: 'lifecycle/main-gate.ts',
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
