import { describe, expect, it } from 'vitest'

import { toCheckResult } from '../../src/health/check-result.ts'

describe('toCheckResult', () => {
  it('takes nothing for a pass', () => {
    expect(toCheckResult(undefined)).toEqual({ status: 'pass' })
  })

  it('keeps status, message and data, and nothing else', () => {
    const data = { size: 20, name: 'pool', full: true }
    const result = toCheckResult({ status: 'warn', message: 'the pool is full', data, secretRow: 'x' })
    expect(result).toEqual({ status: 'warn', message: 'the pool is full', data })
  })

  it.each([
    [42, '42'],
    ['ok', '"ok"'],
    [null, 'null'],
    [true, 'true'],
    [[], 'an array whose status is undefined'],
    [{ status: 'ok' }, 'an object whose status is "ok"'],
    [{ rows: [{ card: '4111' }] }, 'an object whose status is undefined'],
    [{ status: 200 }, 'an object whose status is 200'],
  ])('fails for %j and says what came back', (returned, named) => {
    const { status, message } = toCheckResult(returned)
    expect(status).toBe('fail')
    expect(message).toBe(`the check returned ${named}; return nothing, or { status: 'pass' | 'warn' | 'fail' }`)
  })

  it('never shows the content of an object that is no result', () => {
    expect(JSON.stringify(toCheckResult({ rows: [{ card: '4111' }] }))).not.toContain('4111')
  })

  it('fails for a result whose properties throw', () => {
    const trap = {
      get status(): string {
        throw new Error('not today')
      },
    }
    expect(toCheckResult(trap)).toEqual({ status: 'fail', message: 'not today' })
  })

  it('takes credentials out of messages and data', () => {
    const result = toCheckResult({
      status: 'warn',
      message: 'slow: redis://:hunter2@cache',
      data: { url: 'redis://:hunter2@cache', password: 'hunter2', tokens: 3 },
    })
    expect(JSON.stringify(result)).not.toContain('hunter2')
    expect(result.data).toMatchObject({ tokens: 3 })
  })

  it('leaves out data that is not a number, a string or a boolean, and what is more than twenty', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`n${index}`, index]))
    expect(Object.keys(toCheckResult({ status: 'pass', data: many }).data ?? {})).toHaveLength(20)
    expect(toCheckResult({ status: 'pass', data: { a: 1, b: {}, c: null, d: 1n } }).data).toEqual({ a: 1 })
  })

  it('copies the data, so that the check can go on writing to its own', () => {
    const data = { waiting: 1 }
    const result = toCheckResult({ status: 'pass', data })
    data.waiting = 2
    expect(result.data).toEqual({ waiting: 1 })
    expect(Object.isFrozen(result.data)).toBe(true)
  })
})
