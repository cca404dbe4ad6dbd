import { freePort } from '@tidegate/services'
import { createStepContext, runCheck, runWarmUp } from '@tidegate/testing'
import { describe, expect, test } from 'vitest'

import { useRealServer } from './real-server.ts'

const nobody = await freePort()
const server = useRealServer(['--replicaof', `127.0.0.1 ${nobody}`, '--replica-serve-stale-data', 'no'])

describe('a replica that has lost its master', () => {
  test('is not warm until it serves again, and fails the check meanwhile', async () => {
    const client = server.client()
    const dependency = server.dependency(client)

    await expect(runWarmUp(dependency, createStepContext({ limit: 600 }))).rejects.toThrow(
      /did not become usable in time: .* lost its master .*\(MASTERDOWN\)$/,
    )
    expect(client.status).toBe('ready')
    expect(await runCheck(dependency)).toMatchObject({ status: 'fail', data: { reply: 'MASTERDOWN' } })
    await server.admin.config('SET', 'replica-serve-stale-data', 'yes')
    await runWarmUp(dependency)

    expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  })
})
