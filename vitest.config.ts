import { defineConfig } from 'vitest/config'

// Tests import packages by name and get their TypeScript sources: nothing has to be built first.
const conditions = ['@tidegate/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    projects: [
      { extends: true, test: { name: 'units', include: ['packages/*/test/**/*.test.ts'] } },
      {
        extends: true,
        // The same tests with the other major version that is supported.
        resolve: { alias: [{ find: /^ioredis$/, replacement: 'ioredis6' }] },
        test: { name: 'ioredis6', include: ['packages/ioredis/test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: ['test/*/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          // Programs that tests spawn are plain Node.js and run what users install.
          globalSetup: 'test/process/harness/build-packages.ts',
        },
      },
    ],
    pool: 'forks',
    // Each worker may start a PostgreSQL and a Redis of its own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts', 'test/packed/**'],
  },
})
