import { expect, test } from 'vitest'

import { closeTogether, createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'
import type { Line } from '../support/recording-logger.ts'

interface Framework {
  readonly lifecycle: Lifecycle
  readonly lines: readonly Line[]
  readonly told: string[]
  close(): Promise<void>
}

/** What frameworks have in common: hooks ahead of the close and after it, and one close however often it is called. */
async function createFramework(): Promise<Framework> {
  const told: string[] = []
  const { logger, lines } = createRecordingLogger()
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'db', close: async () => void told.push('db') }],
    shutdown: { signals: false, linger: false },
    logger,
  })
  lifecycle.on('drain', ({ step }) => {
    if (step === 'drained') told.push('drained')
  })
  await lifecycle.start()
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= unwind())
  const hooks = closeTogether(lifecycle, { name: 'Framework', close })
  async function unwind(): Promise<void> {
    await hooks.closing()
    told.push('framework')
    await hooks.closed()
  }
  return { lifecycle, lines, told, close }
}

test('a shutdown drains, closes the framework, and then the dependencies', async () => {
  const { lifecycle, lines, told } = await createFramework()

  const { steps } = await lifecycle.shutdown()

  expect(told).toEqual(['drained', 'framework', 'db'])
  expect(steps).toMatchObject([
    { step: 'drained', name: 'close Framework', outcome: 'done' },
    { step: 'close', name: 'db', outcome: 'done' },
  ])
  expect(lines.filter(({ level }) => level === 'warn')).toEqual([])
})

test("the framework's own close drains first, and ends when the dependencies are closed", async () => {
  const { lifecycle, told, close } = await createFramework()

  await close()

  expect(told).toEqual(['drained', 'framework', 'db'])
  expect(await lifecycle.shutdown()).toMatchObject({ reason: 'Framework was closed', exitCode: 0 })
})

test('both at once, in either order, close everything once', async () => {
  for (const first of ['framework', 'lifecycle'] as const) {
    const { lifecycle, told, close } = await createFramework()
    const ways = [() => close(), () => lifecycle.shutdown()]
    if (first === 'lifecycle') ways.reverse()

    await Promise.all(ways.map((way) => way()))

    expect(told).toEqual(['drained', 'framework', 'db'])
    expect((await lifecycle.shutdown()).steps.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
  }
})
