import { ALL_UP, OUT_OF_ROTATION } from './expected-answers.ts'
import type { Answers, ProbeStage } from './probe-stage.ts'
import type { ProbeTest } from './probe-test.ts'

export const healthTests: readonly ProbeTest[] = [
  {
    name: 'is unhealthy and stays ready when a critical dependency fails',
    exercises: 'a critical remote dependency that fails after ready, and recovers',
    setting: { store: { critical: true } },
    run: (stage) => assertFailing(stage, { ...ALL_UP, health: 'down' }),
  },
  {
    name: "is not ready either when readiness follows critical dependencies 'always'",
    exercises: 'the same with `probes.readiness`',
    setting: { store: { critical: true }, probes: { readiness: 'always' } },
    run: (stage) => assertFailing(stage, OUT_OF_ROTATION),
  },
  {
    name: 'is neither ready nor healthy when a critical local check fails',
    exercises: "a critical dependency with `scope: 'local'` that fails after ready, and recovers",
    setting: { store: { critical: true, scope: 'local' } },
    run: (stage) => assertFailing(stage, OUT_OF_ROTATION),
  },
  {
    name: 'is not alive when a local check fails that liveness hangs on',
    exercises: 'a local dependency with `liveness: true` that fails after ready, and recovers',
    setting: { store: { critical: true, scope: 'local', liveness: true } },
    run: (stage) => assertFailing(stage, { ...OUT_OF_ROTATION, live: 'down' }),
  },
  {
    name: 'is up for everything when a dependency fails that is not critical',
    exercises: 'a dependency that is not critical and fails after ready',
    run: (stage) => assertFailing(stage, ALL_UP),
  },
  {
    name: 'is up for everything when a critical dependency warns',
    exercises: 'a critical local check that warns: overload is not failure',
    setting: { store: { critical: true, scope: 'local', liveness: true }, probes: { readiness: 'always' } },
    async run(stage) {
      await stage.ready()
      await stage.storeSays('warn')
      await stage.expect(ALL_UP)
    },
  },
]

async function assertFailing(stage: ProbeStage, expected: Required<Answers>): Promise<void> {
  await stage.ready()
  await stage.expect(ALL_UP)
  await stage.storeSays('fail')
  await stage.expect(expected)
  await stage.storeSays('pass')
  await stage.expect(ALL_UP)
}
