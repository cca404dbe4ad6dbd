import { inspect } from 'node:util'

import { createStepContext, runCheck, runClose, runWarmUp } from '@tidegate/testing'
import { describe, expect, test } from 'vitest'

import { useRealServer } from './real-server.ts'

const server = useRealServer(['--requirepass', 'open-sesame'], { password: 'open-sesame' })

describe('credentials', () => {
  test.each([
    ['a wrong password', { password: 'wrong-sesame' }, 'WRONGPASS'],
    ['a user that is unknown', { username: 'ali-sesame', password: 'wrong-sesame' }, 'WRONGPASS'],
    ['no password', {}, 'NOAUTH'],
  ])('%s fails the warm-up and the check by its name, and appears nowhere', async (_what, options, reply) => {
    const client = server.client(options)
    const dependency = server.dependency(client)
    const context = createStepContext({ limit: 2000 })

    const error: unknown = await runWarmUp(dependency, context).catch((reason: unknown) => reason)
    const result = await runCheck(dependency, context)
    await runClose(dependency, context)

    expect(error).toMatchObject({ code: 'TIDEGATE_WARM_UP', message: expect.stringContaining(`(${reply})`) })
    expect(result).toMatchObject({ status: 'fail', data: { reply } })
    // As deep as the most talkative logger would look.
    expect(inspect([error, result, context.lines], { depth: Infinity, showHidden: true })).not.toContain('sesame')
  })

  test('the right ones pass', async () => {
    const dependency = server.dependency(server.client({ password: 'open-sesame' }))

    await runWarmUp(dependency)

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })

  test('a user that may not PING is a warning: the server answers, and no more is known', async () => {
    await server.admin.acl('SETUSER', 'app', 'on', '>app-sesame', '~*', '+@all', '-ping')
    const dependency = server.dependency(server.client({ username: 'app', password: 'app-sesame' }))

    await runWarmUp(dependency)

    expect(await runCheck(dependency)).toEqual({
      status: 'warn',
      message: expect.stringContaining('grant it +ping (NOPERM)'),
      data: { reply: 'NOPERM' },
    })
  })

  test('a user that may only PING is enough for the check', async () => {
    await server.admin.acl('SETUSER', 'prober', 'on', '>app-sesame', '-@all', '+ping')
    const client = server.client({ username: 'prober', password: 'app-sesame', enableReadyCheck: false })
    const dependency = server.dependency(client)

    await runWarmUp(dependency)

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })
})
