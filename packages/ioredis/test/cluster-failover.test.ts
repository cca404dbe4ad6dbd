import { runCheck, runWarmUp } from '@tidegate/testing'
import { expect, test, vi } from 'vitest'

import { useRealCluster } from './real-cluster.ts'
import { AMPLE } from './real-server.ts'

const cluster = useRealCluster({ replicas: 1 })

test('a master that a replica has replaced is no longer asked for, though the client has sent nothing', async () => {
  const client = cluster.client()
  const dependency = cluster.dependency(client)
  await runWarmUp(dependency)
  expect(await runCheck(dependency)).toEqual({ status: 'pass' })
  const [master] = cluster.masters
  const [replica] = cluster.replicas

  await master?.kill()
  expect(await runCheck(dependency)).toMatchObject({ status: 'fail' })
  await vi.waitFor(async () => expect(await runCheck(dependency)).toEqual({ status: 'pass' }), {
    timeout: 2 * AMPLE,
    interval: 200,
  })

  if (replica) expect(await cluster.connections(replica, 'tidegate-check')).toBe(1)
  expect(await Promise.all(cluster.keys.map((key) => client.set(key, 1)))).toEqual(['OK', 'OK', 'OK'])
})
