import { afterEach, expect, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import { chooseLogStyle } from '../../src/logging/log-style.ts'

afterEach(() => void vi.unstubAllEnvs())

test('the variable decides, else whether somebody looks', () => {
  expect(chooseLogStyle({}, { isTTY: true })).toBe('pretty')
  expect(chooseLogStyle({}, {})).toBe('json')
  expect(chooseLogStyle({ TIDEGATE_LOG: 'json' }, { isTTY: true })).toBe('json')
  expect(chooseLogStyle({ TIDEGATE_LOG: 'pretty' }, {})).toBe('pretty')
  expect(chooseLogStyle({ TIDEGATE_LOG: 'prety' }, {})).toBeUndefined()
})

test('a misspelt variable is refused by name, where the default logger is used', () => {
  vi.stubEnv('TIDEGATE_LOG', 'prety')
  expect(() => createLifecycle()).toThrow(/TIDEGATE_LOG: must be pretty or json, not "prety"/)
  expect(createLifecycle({ logger: false }).phase).toBe('idle')
})
