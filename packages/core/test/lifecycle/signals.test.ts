import { expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'

test('a lifecycle tells which signals begin its shutdown', () => {
  expect(createLifecycle().signals).toEqual(['SIGTERM', 'SIGINT'])
  expect(createLifecycle({ shutdown: { signals: ['SIGUSR2'] } }).signals).toEqual(['SIGUSR2'])
  expect(createLifecycle({ shutdown: { signals: false } }).signals).toEqual([])
})
