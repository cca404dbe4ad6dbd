import { describe, expect, test } from 'vitest'

import type { LifecycleOptions } from '../../src/lifecycle/lifecycle-options.ts'
import { resolveOptions } from '../../src/options/resolve-options.ts'

/** Options as a program without types may pass them, and the one line each gets. */
type Case = readonly [options: unknown, line: string]

const READABLE = "write milliseconds as a number, or a string such as '250ms', '5s', '2m' or '1h'"

function refuses(cases: readonly Case[]): void {
  test.each(cases)('%j', (options, line) => {
    expect(faultsOf(options)).toEqual([line])
  })
}

describe('refuses a shape that is not one of options', () => {
  refuses([
    [null, 'options: must be an object of options, not null'],
    [[], 'options: must be an object of options, not an array'],
    ['30s', 'options: must be an object of options, not "30s"'],
    [Promise.resolve({}), 'options: must be an object of options, not a promise'],
    [{ shutdown: '30s' }, 'shutdown: must be an object of options, not "30s"'],
    [{ warmUp: { retry: 3 } }, 'warmUp.retry: must be an object of options, not 3'],
    [{ dependencies: { name: 'a' } }, 'dependencies: must be a list, not an object'],
    [{ service: { name: 7 } }, 'service.name: must be a string, not 7'],
    [{ shutdown: { exit: 'no' } }, 'shutdown.exit: must be true or false, not "no"'],
  ])
})

describe('refuses a slow start', () => {
  refuses([
    [{ slowStart: true }, 'slowStart: must be an object of options, not true'],
    [{ slowStart: { window: 0 } }, 'slowStart.window: must be more than 0'],
    [{ slowStart: { initial: 0 } }, 'slowStart.initial: must be a number above 0, up to 1, not 0'],
    [{ slowStart: { initial: 10 } }, 'slowStart.initial: must be a number above 0, up to 1, not 10'],
    [{ slowStart: { aggression: 0 } }, 'slowStart.aggression: must be a number above 0, not 0'],
    [{ slowStart: { aggression: Infinity } }, 'slowStart.aggression: must be a number above 0, not Infinity'],
    [{ slowStart: { windows: '60s' } }, 'slowStart: unknown option "windows"; did you mean "window"?'],
    [{ aggression: 2 }, 'options: unknown option "aggression"; did you mean "slowStart.aggression"?'],
  ])
})

describe('refuses an option that it does not know', () => {
  refuses([
    [{ shutdown: { gracePerod: '30s' } }, 'shutdown: unknown option "gracePerod"; did you mean "gracePeriod"?'],
    [{ shutdwon: {} }, 'options: unknown option "shutdwon"; did you mean "shutdown"?'],
    [{ gracePeriod: '30s' }, 'options: unknown option "gracePeriod"; did you mean "shutdown.gracePeriod"?'],
    [{ timeout: '1s' }, 'options: unknown option "timeout"; did you mean "health.timeout" or "warmUp.timeout"?'],
    [{ service: { colour: 'red' } }, 'service: unknown option "colour"; the options here are name, version, instance'],
    [{ probes: { paths: { healthy: '/x' } } }, 'probes.paths: unknown option "healthy"; did you mean "health"?'],
    [
      { dependencies: [{ name: 'a', health: { intervall: '1s' } }] },
      'dependencies[0] (a).health: unknown option "intervall"; did you mean "interval"?',
    ],
    [
      { dependencies: [{ name: 'a', warmup: async () => {} }] },
      'dependencies[0] (a): unknown option "warmup"; did you mean "warmUp"?',
    ],
    [
      { dependencies: [{ name: 'a', dependOn: ['b'] }] },
      'dependencies[0] (a): unknown option "dependOn"; did you mean "dependsOn"?',
    ],
  ])

  test('but not what a dependency keeps for its own functions, even where it looks like a field', () => {
    const keepsState = { name: 'a', closed: false, checks: 3, limit: 'none', client: {}, reconnect: () => {} }
    expect(resolveOptions({ dependencies: [keepsState] }).dependencies).toHaveLength(1)
  })
})

describe('refuses a duration', () => {
  refuses([
    [{ shutdown: { gracePeriod: '30 s' } }, `shutdown.gracePeriod: cannot be read as a duration: "30 s"; ${READABLE}`],
    [{ shutdown: { preStop: true } }, `shutdown.preStop: cannot be read as a duration: true; ${READABLE}`],
    [{ health: { timeout: NaN } }, `health.timeout: cannot be read as a duration: NaN; ${READABLE}`],
    [{ warmUp: { timeout: '-5s' } }, `warmUp.timeout: cannot be read as a duration: "-5s"; ${READABLE}`],
    [{ warmUp: { timeout: -5 } }, 'warmUp.timeout: must not be negative, which -5 is'],
    [{ health: { interval: 0 } }, 'health.interval: must be more than 0'],
    [{ shutdown: { close: '0s' } }, 'shutdown.close: must be more than 0'],
    [{ warmUp: { timeout: '600h' } }, `warmUp.timeout: "600h" is longer than Node's timers can run, which is 24 days`],
    [
      { shutdown: { gracePeriod: 30 } },
      "shutdown.gracePeriod: 30 is in milliseconds; did you mean '30s'? (If not, write '30ms'.)",
    ],
    [
      { shutdown: { lameDuck: 999 } },
      "shutdown.lameDuck: 999 is in milliseconds; did you mean '999s'? (If not, write '999ms'.)",
    ],
    [{ shutdown: { lameDuck: 0 } }, 'shutdown.lameDuck: write false for none, not 0'],
    [{ shutdown: { close: 5 } }, "shutdown.close: 5 is in milliseconds; did you mean '5s'? (If not, write '5ms'.)"],
    [
      { dependencies: [{ name: 'a', limits: { drain: 'soon' } }] },
      `dependencies[0] (a).limits.drain: cannot be read as a duration: "soon"; ${READABLE}`,
    ],
    [
      { warmUp: { retry: { initial: '10s' } } },
      'warmUp.retry.max: 5s is less than initial, which is 10s; the pause only grows',
    ],
  ])

  test('but not a bare number from 1000 on, nor a small one with its unit', () => {
    expect(resolveOptions({ shutdown: { gracePeriod: 1_000 } }).shutdown.gracePeriod).toBe(1_000)
    expect(resolveOptions({ shutdown: { gracePeriod: '500ms' } }).shutdown.gracePeriod).toBe(500)
  })
})

describe('refuses a check', () => {
  const stale = 'a result may be 12s old before the next (interval + 10 % + timeout); make it longer'
  refuses([
    [{ health: { rise: 0 } }, 'health.rise: must be a whole number of at least 1, not 0'],
    [{ health: { fall: 1.5 } }, 'health.fall: must be a whole number of at least 1, not 1.5'],
    [{ health: { fall: '3' } }, 'health.fall: must be a whole number of at least 1, not "3"'],
    [{ health: { staleAfter: '12s' } }, `health.staleAfter: 12s would call healthy checks dead: ${stale}`],
    // Only where it is written, not again in what inherits it.
    [
      { health: { staleAfter: '12s' }, dependencies: [{ name: 'a', health: { fall: 1 } }] },
      `health.staleAfter: 12s would call healthy checks dead: ${stale}`,
    ],
    [
      { health: { abandonAfter: '1s', timeout: '2s' }, dependencies: [{ name: 'a', health: { fall: 1 } }] },
      'health.abandonAfter: 1s gives a check up before its timeout of 2s; make it at least that',
    ],
    [
      { health: { staleAfter: '40s' }, dependencies: [{ name: 'a', health: { interval: '1m' } }, { name: 'b' }] },
      'dependencies[0] (a).health.staleAfter: 40s would call healthy checks dead: ' +
        'a result may be 67s old before the next (interval + 10 % + timeout); make it longer',
    ],
    [
      { health: { interval: '2s', retryInterval: '3s' } },
      'health.retryInterval: 3s is longer than interval, which is 2s; a check is asked sooner while its state is changing',
    ],
    [
      { health: { holdDown: true } },
      "health.holdDown: must be { base: '10s', max: '5m' }, or false for none, not true",
    ],
    [
      { health: { holdDown: { base: '10s' } } },
      "health.holdDown: needs both base and max, as { base: '10s', max: '5m' }",
    ],
    [
      { health: { holdDown: { base: '10s', maximum: '5m' } } },
      'health.holdDown: unknown option "maximum"; the options here are base, max',
    ],
    [{ health: { holdDown: { base: 0, max: '5m' } } }, 'health.holdDown.base: must be more than 0'],
    [
      { health: { holdDown: { base: '2m', max: '30s' } } },
      'health.holdDown.max: 30s is less than base, which is 2m; the hold only grows',
    ],
    // Judged by a default that stands in for the unreadable interval, it would seem to be wrong as well.
    [
      { health: { interval: '5' }, dependencies: [{ name: 'a', health: { staleAfter: '8s' } }] },
      `health.interval: cannot be read as a duration: "5"; ${READABLE}`,
    ],
  ])

  test('but not one that is as long as it just may be', () => {
    expect(() => resolveOptions({ health: { staleAfter: '12.001s', abandonAfter: '1s' } })).not.toThrow()
  })
})

describe('refuses a dependency', () => {
  const name = "must be lower-case letters, digits and dashes, such as 'orders-db'"
  refuses([
    [
      { dependencies: [undefined] },
      'dependencies[0]: must be a dependency, which is an object with a name, not undefined',
    ],
    [
      { dependencies: [Promise.resolve({ name: 'a' })] },
      'dependencies[0]: must be a dependency, which is an object with a name, not a promise',
    ],
    [{ dependencies: [{}] }, `dependencies[0].name: ${name}, not undefined`],
    [{ dependencies: [{ name: 'Orders' }] }, `dependencies[0] (Orders).name: ${name}, not "Orders"`],
    [{ dependencies: [{ name: '-a' }] }, `dependencies[0] (-a).name: ${name}, not "-a"`],
    [
      { dependencies: [{ name: 'a' }, { name: 'a' }] },
      'dependencies[1] (a).name: "a" is the name of another dependency already; give each its own',
    ],
    [
      { dependencies: [{ name: 'a', check: 'SELECT 1' }] },
      'dependencies[0] (a).check: must be a function, not "SELECT 1"',
    ],
    [{ dependencies: [{ name: 'a', close: false }] }, 'dependencies[0] (a).close: must be a function, not false'],
    [{ dependencies: [{ name: 'a', warmUp: {} }] }, 'dependencies[0] (a).warmUp: must be a function, not an object'],
    [{ dependencies: [{ name: 'a', drain: null }] }, 'dependencies[0] (a).drain: must be a function, not null'],
    [{ dependencies: [{ name: 'a', critical: 1 }] }, 'dependencies[0] (a).critical: must be true or false, not 1'],
    [
      { dependencies: [{ name: 'a', dependsOn: 'b' }] },
      'dependencies[0] (a).dependsOn: must be a list of names, not "b"',
    ],
    [
      { dependencies: [{ name: 'a', dependsOn: [1] }] },
      'dependencies[0] (a).dependsOn: must be a list of names, not of other things',
    ],
    [
      // A list with a hole in it.
      { dependencies: [{ name: 'a', dependsOn: Object.assign([], { length: 1 }) }] },
      'dependencies[0] (a).dependsOn: must be a list of names, not of other things',
    ],
    [
      { dependencies: [{ name: 'a', scope: 'Local' }] },
      `dependencies[0] (a).scope: must be 'remote' or 'local', not "Local"; did you mean 'local'?`,
    ],
    [
      { dependencies: [{ name: 'a', liveness: true }] },
      'dependencies[0] (a).liveness: only a local dependency may fail /livez: one outage of what all instances share ' +
        "would restart every one of them; set scope: 'local', or leave liveness out",
    ],
    [
      { dependencies: [{ name: 'postgres' }, { name: 'catalog', dependsOn: ['postgress'] }] },
      'dependencies[1] (catalog).dependsOn: no dependency is named "postgress"; did you mean "postgres"?',
    ],
    [
      {
        dependencies: [
          { name: 'a', dependsOn: ['b'] },
          { name: 'b', dependsOn: ['a'] },
        ],
      },
      'dependencies[0] (a).dependsOn: goes round in a circle: a -> b -> a; remove one of these',
    ],
    [
      {
        dependencies: [
          { name: 'redis', critical: false },
          { name: 'catalog', dependsOn: ['redis'] },
        ],
      },
      'dependencies[1] (catalog).dependsOn: "catalog" is critical but needs "redis", which is not; ' +
        'set critical: false on "catalog", or make "redis" critical',
    ],
  ])
})

describe('refuses probes', () => {
  const path = "must be a path such as '/internal/health'"
  refuses([
    [{ probes: { paths: { live: 7 } } }, `probes.paths.live: ${path}, not 7`],
    [{ probes: { paths: { live: '/live?deep=1' } } }, `probes.paths.live: ${path}, not "/live?deep=1"`],
    [{ probes: { prefix: '/a b' } }, `probes.prefix: ${path}, not "/a b"`],
    [
      { probes: { paths: { health: '/' } } },
      "probes.paths.health: would answer the application's own '/'; give it a name, or false to have none",
    ],
    [
      { probes: { paths: { ready: 'livez/' } } },
      'probes.paths.ready: "/livez" is already the path of probes.paths.live; give each its own, or false to have none',
    ],
    [
      { probes: { readiness: 'alway' } },
      `probes.readiness: must be 'startup', 'always' or 'fleet', not "alway"; did you mean 'always'?`,
    ],
    [{ probes: { details: true } }, "probes.details: must be 'none', 'summary' or 'full', not true"],
  ])
})

describe('refuses the rest', () => {
  refuses([
    [
      { warmUp: { whileWarming: 'queued' } },
      `warmUp.whileWarming: must be 'reject', 'queue', 'serve' or 'closed', not "queued"; did you mean 'queue'?`,
    ],
    [{ warmUp: { queue: { size: 0 } } }, 'warmUp.queue.size: must be a whole number of at least 1, not 0'],
    [{ warmUp: { queue: { wait: 0 } } }, 'warmUp.queue.wait: must be more than 0'],
    [{ warmUp: { queue: false } }, 'warmUp.queue: must be an object of options, not false'],
    [{ warmUp: { onFailure: 'throw' } }, `warmUp.onFailure: must be 'wait' or 'exit', not "throw"`],
    [
      { shutdown: { signals: 'SIGTERM' } },
      `shutdown.signals: must be a list such as ['SIGTERM'], or false, not "SIGTERM"`,
    ],
    [{ shutdown: { signals: ['SIGKILL'] } }, 'shutdown.signals: no process can catch SIGKILL; leave it out'],
    [{ shutdown: { signals: ['SIGSTOP'] } }, 'shutdown.signals: no process can catch SIGSTOP; leave it out'],
    [
      { shutdown: { signals: ['term'] } },
      `shutdown.signals: this system has no signal "term"; did you mean 'SIGTERM'?`,
    ],
    [
      { shutdown: { signals: ['SIGTREM'] } },
      `shutdown.signals: this system has no signal "SIGTREM"; did you mean 'SIGTERM'?`,
    ],
    [{ shutdown: { signals: [15] } }, "shutdown.signals: this system has no signal 15; write names such as 'SIGTERM'"],
    // With the grace period's default in its place, the lame duck would seem to be wrong as well.
    [
      { shutdown: { gracePeriod: '2 m', lameDuck: '60s' } },
      `shutdown.gracePeriod: cannot be read as a duration: "2 m"; ${READABLE}`,
    ],
    [
      { shutdown: { preStop: '20s', lameDuck: '10s' } },
      'shutdown: lameDuck 10s + linger 900ms (default) + close 1.8s (default) = 12.7s do not fit into 9s, ' +
        'which is gracePeriod 30s (default) − preStop 20s − margin 1s (default); ' +
        'shorten them by 3.7s, or raise gracePeriod',
    ],
    [
      { logger: { info: () => {}, warn: () => {}, error: () => {} } },
      "logger: has no debug; it needs debug, info, warn, error, each taking an object and a message, as pino's do",
    ],
    [{ logger: true }, 'logger: must be an object with debug, info, warn, error, or false for silence, not true'],
  ])
})

test('reports every fault at once, each on its own line', () => {
  const options: unknown = {
    dependencies: [{ name: 'a', dependsOn: ['b'], critical: 'yes' }, 'postgres'],
    shutdown: { gracePeriod: 30, close: 'never' },
    logger: 'pino',
  }
  expect(() => resolveOptions(options as LifecycleOptions)).toThrow(
    expect.objectContaining({
      name: 'LifecycleError',
      code: 'TIDEGATE_CONFIG',
      message: [
        'createLifecycle was given options that cannot work:',
        '  dependencies[0] (a).critical: must be true or false, not "yes"',
        '  dependencies[1]: must be a dependency, which is an object with a name, not "postgres"',
        '  dependencies[0] (a).dependsOn: no dependency is named "b"; there is no other',
        "  shutdown.gracePeriod: 30 is in milliseconds; did you mean '30s'? (If not, write '30ms'.)",
        `  shutdown.close: cannot be read as a duration: "never"; ${READABLE}`,
        '  logger: must be an object with debug, info, warn, error, or false for silence, not "pino"',
      ].join('\n'),
    }),
  )
})

test('does not take two dependencies without a name for two of the same name', () => {
  expect(faultsOf({ dependencies: [{}, { name: '' }] })).toHaveLength(2)
})

test('keeps each fault on its line, whatever a name is', () => {
  expect(faultsOf({ 'a\nb': 1, dependencies: [{ name: 'c\nd' }] })).toEqual([
    expect.stringMatching(/^options: unknown option "a\\nb"; the options here are /),
    expect.stringMatching(/^dependencies\[0\]\.name: must be .*, not "c\\nd"$/),
  ])
})

test('shows no more of a wrong string than helps to find it', () => {
  const [line] = faultsOf({ warmUp: { timeout: `postgres://shop:${'x'.repeat(100)}` } })
  expect(line).toContain(`"postgres://shop:${'x'.repeat(24)}…"`)
})

function faultsOf(options: unknown): string[] {
  try {
    resolveOptions(options as LifecycleOptions)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [, ...lines] = error.message.split('\n')
    return lines.map((line) => line.trimStart())
  }
  return []
}
