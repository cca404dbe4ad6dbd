/** @type {readonly import('../mutant.js').Mutant[]} */
export const probes = [
  {
    name: 'readiness passes while draining',
    file: 'probes/probe-verdict.ts',
    find: `if (!report.ready) return 'fail'`,
    replace: `if (!report.ready && report.phase !== 'draining') return 'fail'`,
  },
  {
    name: 'health passes while draining',
    file: 'probes/probe-verdict.ts',
    find: `return report.ready ? report.status : 'fail'`,
    replace: `return report.ready || report.phase === 'draining' ? report.status : 'fail'`,
  },
  {
    name: 'liveness fails while draining',
    file: 'probes/probe-verdict.ts',
    find: `return alive ? 'pass'`,
    replace: `return alive && report.phase !== 'draining' ? 'pass'`,
  },
  {
    name: 'startup fails while draining',
    file: 'probes/probe-verdict.ts',
    find: `return report.warmUp.completed ? 'pass'`,
    replace: `return report.warmUp.completed && report.phase !== 'draining' ? 'pass'`,
  },
  {
    name: 'startup passes while warming',
    file: 'probes/probe-verdict.ts',
    find: `return report.warmUp.completed ? 'pass'`,
    replace: `return report.warmUp !== undefined ? 'pass'`,
  },
  {
    name: 'readiness fails a second late',
    file: 'shutdown/shutdown.ts',
    find: `state.moveTo('draining', cause.reason)`,
    replace: `setTimeout(() => state.moveTo('draining', cause.reason), 1_000)`,
  },
  {
    name: 'health passes while a critical dependency fails',
    file: 'probes/probe-verdict.ts',
    find: `return report.ready ? report.status : 'fail'`,
    replace: `return report.ready ? 'pass' : 'fail'`,
  },
  {
    name: 'readiness follows a dependency that fails later',
    file: 'lifecycle/state.ts',
    find: `(scope === 'local' || options.probes.readiness === 'always')`,
    replace: `scope !== undefined`,
  },
  {
    name: 'readiness passes while held',
    file: 'lifecycle/state.ts',
    find: `return [...held, ...failing, `,
    replace: `return [...failing, `,
  },
  {
    name: 'a probe goes on saying what it said first',
    file: 'probes/answer-memory.ts',
    find: `if (version !== this.#version)`,
    replace: `if (this.#version === -1)`,
  },
  {
    name: 'the probe of one dependency is left to the application',
    file: 'probes/probe-routes.ts',
    find: `return target.kind === 'startup' ? undefined`,
    replace: `return target.kind !== undefined ? undefined`,
  },
  {
    name: 'the probe of one dependency passes while it fails',
    file: 'probes/probe-findings.ts',
    find: `const verdict = found.status`,
    replace: `const verdict = 'pass'`,
  },
  {
    name: 'probes tell everybody the messages of dependencies',
    file: 'probes/probe-body.ts',
    find: `if (details !== 'full') return summaryOf(report)`,
    replace: ``,
  },
  {
    name: 'probes are left to the framework',
    file: 'lifecycle/front-door.ts',
    find: `    const { method = 'GET', url = '/' } = request
    const target = this.#init.probes.match(url)`,
    replace: `    const { method = 'GET', url = '/' } = request
    const target = undefined as ReturnType<Probes['match']>`,
  },
  {
    name: 'a probe whose target has a scheme and a host is left to the application',
    file: 'probes/probe-routes.ts',
    find: `return path === -1 ? 0 : path`,
    replace: `return path < 0 ? path : 0`,
  },
  {
    name: 'nobody keeps who has been told that the service leaves',
    file: 'probes/probes.ts',
    find: `this.#log.note(prober, answer.status)`,
    replace: ``,
  },
  {
    name: 'the answer to a probe ends a turn late',
    file: 'probes/write-answer.ts',
    find: `else response.end(answer.body)`,
    replace: `else setImmediate(() => response.end(answer.body))`,
  },
  {
    name: 'HEAD is no probe',
    file: 'probes/probe-answer.ts',
    find: `['GET', 'HEAD', 'OPTIONS']`,
    replace: `['GET', 'OPTIONS']`,
  },
  {
    name: 'OPTIONS is no probe',
    file: 'probes/probe-answer.ts',
    find: `['GET', 'HEAD', 'OPTIONS']`,
    replace: `['GET', 'HEAD']`,
  },
  {
    name: 'every method is a probe',
    file: 'probes/probes.ts',
    find: `if (!isProbeMethod(prober.method)) return this.#wrongMethod`,
    replace: ``,
  },
  {
    name: 'a query string hides a probe',
    file: 'probes/probe-routes.ts',
    find: `return code === QUERY || code === FRAGMENT`,
    replace: `return code === FRAGMENT`,
  },
  {
    name: 'a slash at the end hides a probe',
    file: 'probes/probe-routes.ts',
    find: `if (endsAt(url, end + 1)) return target`,
    replace: ``,
  },
  {
    name: 'a probe may be answered from a cache on the way',
    file: 'probes/probe-answer.ts',
    find: `'cache-control': 'no-store',`,
    replace: ``,
  },
  {
    name: 'a refusal does not say when to come back',
    file: 'probes/probe-answer.ts',
    find: `{ 'retry-after': '1' }`,
    replace: `{}`,
  },
]
