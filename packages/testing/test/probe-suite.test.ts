import { createServer } from 'node:http'

import { createHttpProber, runProbeSuite, toProber } from '@tidegate/testing'
import type { ProbeKind } from '@tidegate/testing'
import { describe, expect, test } from 'vitest'

import { recordingRunner } from './support/recording-runner.ts'

runProbeSuite('lifecycle.probe', (lifecycle) => toProber((url) => lifecycle.probe({ url })?.status), { describe, test })

runProbeSuite('node:http', (lifecycle) => createHttpProber(lifecycle.attach(createServer())), { describe, test })

runProbeSuite(
  'node:http that nobody attached',
  (lifecycle) => createHttpProber(createServer((request, response) => void lifecycle.handle(request, response))),
  { describe, test },
)

describe('a conversation that knows some kinds only', () => {
  test('is asked for nothing else', async () => {
    const { bodies, ...runner } = recordingRunner()
    const asked = new Set<ProbeKind>()
    runProbeSuite(
      'an open port',
      (lifecycle) => ({
        async ask(kind) {
          asked.add(kind)
          return lifecycle.ready ? 'up' : 'down'
        },
      }),
      { ...runner, kinds: ['ready'] },
    )
    for (const run of bodies.values()) await run()

    expect([...asked]).toEqual(['ready'])
  })

  test.each([[[]], [['redy' as 'ready']]])('has to name kinds that there are: %j', (kinds) => {
    const run = (): void => runProbeSuite('an open port', () => ({ ask: async () => 'up' }), { describe, test, kinds })

    expect(run).toThrow(expect.objectContaining({ code: 'TIDEGATE_CONFIG' }))
  })
})

test('an answer that is none is named with its status', async () => {
  await expect(toProber(() => 404).ask('ready')).rejects.toThrow('/readyz was answered with 404')
})
