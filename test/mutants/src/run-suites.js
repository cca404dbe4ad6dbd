import { fileURLToPath } from 'node:url'

import { createVitest } from 'vitest/node'

import { breakPromise, pathOf } from './mutant.js'
import { findServerSuites, repository } from './server-suites.js'

const conditions = ['@tidegate/source']

/**
 * Runs every adapter's suite over a protocol on core's sources, as they are or as the mutant has them: the working tree
 * stays as it is.
 *
 * @param {import('./server-suites.js').Protocol} protocol
 * @param {import('./mutant.js').Mutant} [mutant]
 * @returns {Promise<ReadonlyMap<string, string | undefined>>} by suite, the first test that failed, if any
 */
export async function runSuites(protocol, mutant) {
  const vitest = await createVitest(
    'test',
    {
      root: repository,
      config: false,
      watch: false,
      include: findServerSuites(protocol),
      setupFiles: fileURLToPath(new URL('stop-at-first-failure.js', import.meta.url)),
      pool: 'forks',
      // Tests wait more than they work.
      maxWorkers: 4,
      reporters: [{}],
    },
    {
      resolve: { conditions },
      ssr: { resolve: { conditions, externalConditions: conditions } },
      plugins: mutant === undefined ? [] : [mutate(mutant)],
    },
  )
  try {
    await vitest.start()
    return new Map(vitest.state.getTestModules().flatMap((module) => verdictsOf(module)))
  } finally {
    await vitest.close()
  }
}

/**
 * @param {import('./mutant.js').Mutant} mutant
 * @returns {import('vitest/node').Vite.Plugin}
 */
function mutate(mutant) {
  const path = pathOf(mutant)
  return {
    name: 'mutant',
    enforce: 'pre',
    transform: (text, id) => (id === path ? breakPromise(mutant, text) : undefined),
  }
}

/**
 * @param {import('vitest/node').TestModule} module
 * @returns {Array<[suite: string, test: string | undefined]>}
 */
function verdictsOf(module) {
  const [error] = module.errors()
  if (error !== undefined) throw new Error(`${module.moduleId} was not run: ${error.message}`)
  const suites = [...module.children.suites()]
  if (suites.length === 0) throw new Error(`${module.moduleId} has come to no suite`)
  return suites.map((suite) => {
    const [failed] = suite.children.allTests('failed')
    return [suite.name, failed?.name]
  })
}
