import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { failureMessage } from '../../src/health/failure-message.ts'
import { LONGEST_MESSAGE } from '../../src/health/redact.ts'

describe('failureMessage', () => {
  it('is the message of an error, without its stack', () => {
    expect(failureMessage(new Error('connect ECONNREFUSED 127.0.0.1:5432'))).toBe('connect ECONNREFUSED 127.0.0.1:5432')
  })

  it.each([
    ['down', 'down'],
    ['', 'it failed without a message'],
    [undefined, 'it threw undefined'],
    [null, 'it threw null'],
    [7, 'it threw 7'],
    [{ reason: 'x' }, 'it threw an object without a message'],
    [{ message: 'from another realm' }, 'from another realm'],
    [Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ])('says of %j: %s', (thrown, said) => {
    expect(failureMessage(thrown)).toBe(said)
  })

  it('says what each address answered when a host has several', () => {
    const errors = [new Error('connect ECONNREFUSED ::1:6379'), new Error('connect ECONNREFUSED 127.0.0.1:6379')]
    const refused = Object.assign(new AggregateError(errors, ''), { code: 'ECONNREFUSED' })
    expect(failureMessage(refused)).toBe('connect ECONNREFUSED ::1:6379; connect ECONNREFUSED 127.0.0.1:6379')
  })

  it('says the cause, which is all that fetch knows', () => {
    const failed = new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND api') })
    expect(failureMessage(failed)).toBe('fetch failed: getaddrinfo ENOTFOUND api')
  })

  it('says a cause once that the message quotes already', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:5432')
    const failed = new Error(`0 of 2 connections were primed: ${cause.message}`, { cause })
    expect(failureMessage(failed)).toBe('0 of 2 connections were primed: connect ECONNREFUSED 127.0.0.1:5432')
  })

  it('ends with causes that go round in a circle', () => {
    const there = new Error('there')
    there.cause = new Error('back', { cause: there })
    expect(failureMessage(there)).toBe('there: back: there: back')
  })

  it('takes credentials out of a cause', () => {
    const cause = new Error('no route to postgres://shop:hunter2@db')
    expect(failureMessage(new Error('failed', { cause }))).not.toContain('hunter2')
  })

  it('never throws and is never empty or long, whatever it is given', () => {
    const hostile = {
      get message(): string {
        throw new Error('trap')
      },
    }
    expect(failureMessage(hostile)).toBe('it failed with a value that cannot be read')
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), (thrown) => {
        const { length } = failureMessage(thrown)
        expect(length).toBeGreaterThan(0)
        expect(length).toBeLessThanOrEqual(LONGEST_MESSAGE)
      }),
    )
  })
})
