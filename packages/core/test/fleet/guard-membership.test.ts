import { expect, onTestFinished, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Fleet, FleetMembership } from '../../src/index.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

function broken(): never {
  throw new Error('store broke')
}
const rejects = async (): Promise<never> => broken()
/** As an async function that stands where none is expected: nobody is told of its promise. */
const rejectsUnseen: () => void = () => rejects() as unknown

const WELL: FleetMembership = {
  failingElsewhere: () => ({ instances: 5, failing: 0 }),
  tryEject: async () => 'granted',
  readmit() {},
  changed() {},
  report: () => ({ vote: true, instances: 6, out: 0 }),
  async leave() {},
}

test.each<[string, Fleet['join']]>([
  ['join', broken],
  ['failingElsewhere', () => ({ ...WELL, failingElsewhere: broken })],
  ['tryEject', () => ({ ...WELL, tryEject: rejects })],
  ['tryEject', () => ({ ...WELL, tryEject: broken })],
  ['readmit', () => ({ ...WELL, readmit: broken })],
  ['readmit', () => ({ ...WELL, readmit: rejectsUnseen })],
  ['changed', () => ({ ...WELL, changed: broken })],
  ['changed', () => ({ ...WELL, changed: rejectsUnseen })],
  ['report', () => ({ ...WELL, report: broken })],
  ['leave', () => ({ ...WELL, leave: rejects })],
])('a fleet that fails in %s() has no vote there, and is told of once', async (method, join) => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = createLifecycle({
    service: { name: 'shop' },
    shutdown: { signals: false, linger: false },
    fleet: { join },
    logger,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  await lifecycle.start()
  await lifecycle.whenReady()

  for (let time = 0; time < 2; time++) {
    lifecycle.fleet?.failingElsewhere('db')
    const ejection = await lifecycle.fleet?.tryEject()
    expect(ejection?.granted).toBe(method !== 'tryEject' && method !== 'join')
    if (ejection?.granted) ejection.readmit()
  }
  if (method === 'join' || method === 'report') {
    expect(lifecycle.report().fleet).toEqual({ vote: false, reason: `the fleet failed in ${method}(): store broke` })
  }
  await lifecycle.shutdown()

  await vi.waitFor(() => {
    const said = lines.filter(({ level }) => level === 'error')
    expect(said).toMatchObject([{ message: expect.stringMatching(/^the fleet failed/) as string, fields: { method } }])
  })
})
