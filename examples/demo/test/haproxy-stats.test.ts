import { freePort, startHaproxy } from '@tidegate/services'
import { expect, it } from 'vitest'

import { askHaproxy } from '../src/haproxy-stats.js'

it('asks HAProxy who is in rotation', async () => {
  const haproxy = await startHaproxy({ servers: { 'shop-1': await freePort(), 'shop-2': await freePort() } })
  try {
    const statuses = await askHaproxy(haproxy.connection.statsSocket)
    expect([...statuses.keys()]).toEqual(['FRONTEND', 'shop-1', 'shop-2', 'BACKEND'])
    expect(statuses.get('FRONTEND')).toBe('OPEN')
    expect(statuses.get('shop-2')).toMatch(/^(?:UP|DOWN)/)
  } finally {
    await haproxy.close()
  }
})
