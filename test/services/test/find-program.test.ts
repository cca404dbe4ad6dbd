import { afterEach, expect, it, vi } from 'vitest'

import { findNghttp2 } from '../src/index.js'

afterEach(() => vi.unstubAllEnvs())

it('says which package a program comes in, where it cannot be installed', async () => {
  vi.stubEnv('PATH', '')
  await expect(findNghttp2()).rejects.toThrow(
    'nghttp is not on PATH: install it ("apt-get install nghttp2-client", "brew install nghttp2"), or run as root',
  )
})
