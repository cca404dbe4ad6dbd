import { setTimeout as pause } from 'node:timers/promises'

import { createStepContext } from '@tidegate/testing'
import { expect, it } from 'vitest'

import { eventLoop } from '../src/index.ts'
import { check, checkUntil, closing } from './support/check.ts'

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) {}
}

// A busy machine is late by itself: only blocks far longer than that are told apart here.
const warnAt = { delay: '600ms', utilization: false } as const

it('passes, warns after a blocked loop, and passes again', async () => {
  const dependency = closing(eventLoop({ warnAt }))
  const first = await check(dependency)
  block(2_000)
  const blocked = await check(dependency)
  const recovered = await checkUntil(dependency, 'pass')

  expect(first).toEqual({ status: 'pass', message: 'has only begun to measure' })
  expect(blocked).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^the event loop is late by \d+ ms \(warns at 600 ms\)$/),
  })
  expect(blocked.data?.['longestMs']).toBeGreaterThan(1_900)
  expect(recovered.message).toBeUndefined()
})

it('does not lose one long block among many samples', async () => {
  const dependency = closing(eventLoop({ warnAt }))
  await check(dependency)
  await pause(3_000)
  // One sample of 150, and yet one caller of four has waited.
  block(1_000)

  expect((await check(dependency)).status).toBe('warn')
})

it('warns of a loop that is never idle, and fails where it is told to', async () => {
  const dependency = closing(
    eventLoop({ warnAt: { delay: false, utilization: 0.5 }, failAt: { utilization: 0.9 }, hysteresis: 0 }),
  )
  await check(dependency)
  block(3_000)
  const busy = await check(dependency)
  const recovered = await checkUntil(dependency, 'pass')

  expect(busy.status).toBe('fail')
  expect(busy.message).toMatch(/busy \d+(\.\d)? % of the time \(fails at 90 %\)/)
  expect(recovered.data?.['utilization']).toBeLessThan(0.5)
})

it('stops measuring when it is closed, and does not begin again', async () => {
  const dependency = eventLoop({ warnAt })
  await check(dependency)
  await dependency.close?.(createStepContext())
  await check(dependency)
  block(1_500)

  expect((await check(dependency)).status).toBe('pass')
})
