import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, test } from 'vitest'

import { runServerSuite } from '../src/index.ts'
import { listenerOf } from './support/listener-of.ts'

runServerSuite('node:http', (app) => createServer(listenerOf(app)), { describe, test })

runServerSuite(
  'node:http on a Unix socket, listening already',
  async (app) => {
    const directory = await mkdtemp(join(tmpdir(), 'tidegate-socket-'))
    app.lifecycle.addHook('close', () => rm(directory, { recursive: true }))
    return app.lifecycle.listen(listenerOf(app), join(directory, 'http'))
  },
  { describe, test },
)
