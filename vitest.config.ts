import { defineConfig } from 'vitest/config'

// Tests import packages by name and get their TypeScript sources: nothing has to be built first.
const conditions = ['@tidegate/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/*/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/packed/**'],
  },
})
