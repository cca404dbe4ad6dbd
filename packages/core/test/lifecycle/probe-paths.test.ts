import { expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'

test('a lifecycle tells where its probes are answered', () => {
  expect(createLifecycle().probePaths).toEqual(['/livez', '/readyz', '/startupz', '/healthz'])
  const probes = { prefix: '/internal', paths: { live: '/alive', startup: false, health: false } } as const
  expect(createLifecycle({ probes }).probePaths).toEqual(['/internal/alive', '/internal/readyz'])
})
