import type { Logger } from '@tidegate/core'
import { describe, expect, it, vi } from 'vitest'

import { toErrorAnswer } from '../src/error-answer.js'
import { HttpError } from '../src/http-error.js'

const logger: Logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }

describe('toErrorAnswer', () => {
  it('tells the client what it can do something about, whether the shop or the framework found it', () => {
    const ours = new HttpError(404, 'there is no such product')
    const frameworks = Object.assign(new Error('the body is too large'), { statusCode: 413 })
    expect(toErrorAnswer(ours, logger)).toEqual({ status: 404, body: { error: ours.message } })
    expect(toErrorAnswer(frameworks, logger)).toEqual({ status: 413, body: { error: frameworks.message } })
    expect(logger.error).not.toHaveBeenCalled()
  })

  it('tells everything else to the log alone', () => {
    const error = new Error('password authentication failed for user "shop"')
    expect(toErrorAnswer(error, logger)).toEqual({ status: 500, body: { error: 'something went wrong' } })
    expect(logger.error).toHaveBeenCalledWith({ stack: error.stack }, 'a request failed')
  })
})
