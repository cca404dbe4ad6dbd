import { createHash } from 'node:crypto'

import { createStepContext, runWarmUp } from '@tidegate/testing'
import { expect, test } from 'vitest'

import { useRealServer } from './real-server.ts'

const server = useRealServer()

const lua = 'return redis.call("INCRBY", KEYS[1], ARGV[1])'
const sha = createHash('sha1').update(lua).digest('hex')

test('scripts are there before the service is ready, and again after a restart', async () => {
  const dependency = server.dependency(server.client(), { scripts: { add: lua } })
  const context = createStepContext()
  await runWarmUp(dependency, context)
  expect(await server.admin.evalsha(sha, 1, 'count', 2)).toBe(2)
  expect(context.steps).toEqual(['1/1 scripts'])

  await server.kill()
  await server.start()
  await expect(server.admin.evalsha(sha, 1, 'count', 2)).rejects.toThrow('NOSCRIPT')
  await runWarmUp(dependency)

  expect(await server.admin.evalsha(sha, 1, 'count', 2)).toBe(4)
})

test('the scripts that ioredis was given fit', async () => {
  const scripts = { add: { lua, numberOfKeys: 1 } }
  const client = server.client({ scripts })
  await runWarmUp(server.dependency(client, { scripts }))

  expect(await server.admin.script('EXISTS', sha)).toEqual([1])
})

test('a script that does not compile fails the attempt by its name', async () => {
  const dependency = server.dependency(server.client(), { scripts: { good: lua, bad: 'return ret urn' } })

  await expect(runWarmUp(dependency)).rejects.toMatchObject({
    code: 'TIDEGATE_WARM_UP',
    message: expect.stringMatching(/^redis is not usable: the script "bad" was not loaded: ERR Error compiling script/),
  })
})

test('a user that may not load scripts is told so', async () => {
  await server.admin.acl('SETUSER', 'app', 'on', '>app-sesame', '~*', '+@all', '-script')
  const client = server.client({ username: 'app', password: 'app-sesame' })

  await expect(runWarmUp(server.dependency(client, { scripts: { add: lua } }))).rejects.toThrow(
    'the script "add" was not loaded: NOPERM',
  )
})
