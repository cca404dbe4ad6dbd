import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { PatientTimer } from '../../src/health/patient-timer.ts'

const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

async function socketPair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  server.close()
  sockets.push(near, far)
  return { near, far }
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

describe('PatientTimer', () => {
  it('lets an answer be read first that lay in the socket while the loop was blocked', async () => {
    const { near, far } = await socketPair()
    const order: string[] = []
    near.once('data', () => order.push('answer'))
    const fired = new Promise<void>((resolve) => {
      setImmediate(() => {
        new PatientTimer().set(5, () => resolve(void order.push('limit')))
        far.write('x')
        // The limit is due and the answer is there when the loop comes to itself: timers run first.
        block(30)
      })
    })
    await fired
    expect(order).toEqual(['answer', 'limit'])
  })

  it('calls once, and not at all when it is cleared in the turn it grants', async () => {
    const timer = new PatientTimer()
    let calls = 0
    timer.set(1, () => (calls += 1))
    // Set later and due, too, when the loop comes to the timer: it runs between that and the turn that the timer grants.
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        timer.clear()
        setTimeout(resolve, 5)
      }, 1)
      block(5)
    })
    expect(calls).toBe(0)
    await new Promise<void>((resolve) => {
      timer.set(1, () => {
        calls += 1
        resolve()
      })
    })
    expect(calls).toBe(1)
  })

  it('forgets the limit before when it is set again', async () => {
    const timer = new PatientTimer()
    const called = await new Promise<string>((resolve) => {
      timer.set(1, () => resolve('first'))
      timer.set(5, () => resolve('second'))
    })
    expect(called).toBe('second')
  })
})
