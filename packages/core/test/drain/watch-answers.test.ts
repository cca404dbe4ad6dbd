import { channel } from 'node:diagnostics_channel'
import { createServer } from 'node:http'

import { expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'

const finished = channel('http.server.response.finish')

test('answers are listened for while a server is watched, and no longer', async () => {
  expect(finished.hasSubscribers).toBe(false)
  const lifecycle = createLifecycle({ shutdown: { linger: false }, logger: false })
  expect(finished.hasSubscribers).toBe(false)

  await lifecycle.listen(createServer(), 0, '127.0.0.1')
  await lifecycle.listen(createServer(), 0, '127.0.0.1')
  expect(finished.hasSubscribers).toBe(true)

  await lifecycle.shutdown()
  expect(finished.hasSubscribers).toBe(false)
})

test('the end of one lifecycle leaves the answers of another listened for', async () => {
  const [first, second] = [1, 2].map(() => createLifecycle({ shutdown: { linger: false }, logger: false }))
  await first?.listen(createServer(), 0, '127.0.0.1')
  await second?.listen(createServer(), 0, '127.0.0.1')

  await first?.shutdown()
  expect(finished.hasSubscribers).toBe(true)

  await second?.shutdown()
  expect(finished.hasSubscribers).toBe(false)
})

test('a server whose port was taken is not listened for', async () => {
  const lifecycle = createLifecycle({ shutdown: { linger: false }, logger: false })
  const taken = createServer()
  await lifecycle.listen(taken, 0, '127.0.0.1')
  const other = createLifecycle({ shutdown: { linger: false }, logger: false })
  const { port } = taken.address() as { port: number }

  await expect(other.listen(createServer(), port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await lifecycle.shutdown()

  expect(finished.hasSubscribers).toBe(false)
})
