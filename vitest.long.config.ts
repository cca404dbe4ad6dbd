import { defineConfig } from 'vitest/config'

import everyday from './vitest.config.ts'

// Tests that take minutes because what they prove does.
export default defineConfig({
  resolve: everyday.resolve ?? {},
  ssr: everyday.ssr ?? {},
  test: {
    include: ['**/*.long.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
