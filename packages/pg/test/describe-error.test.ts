import { connect } from 'node:net'

import { freePort } from '@tidegate/services'
import { expect, it } from 'vitest'

import { describeError } from '../src/describe-error.ts'

it('adds the code of the server to its message', () => {
  const error = Object.assign(new Error('sorry, too many clients already'), { code: '53300' })

  expect(describeError(error)).toBe('sorry, too many clients already (53300)')
})

it('adds no code that the message already has', async () => {
  const port = await freePort()
  const error = await new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve))

  expect(describeError(error)).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`)
})

it('names every address of a host when all of them refuse, where Node says nothing', () => {
  const errors = [new Error('connect ECONNREFUSED ::1:5432'), new Error('connect ECONNREFUSED 127.0.0.1:5432')]
  const error = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' })

  expect(describeError(error)).toBe('connect ECONNREFUSED ::1:5432, connect ECONNREFUSED 127.0.0.1:5432')
})

it('makes something of whatever was thrown', () => {
  expect(describeError('no')).toBe('no')
  expect(describeError(new TypeError())).toBe('TypeError')
})
