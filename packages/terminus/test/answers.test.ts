import { describe, expect, it } from 'vitest'

import type { HealthCheckMap, TerminusOptions } from '../src/index.ts'
import { BOTH } from './support/implementations.ts'
import { serve } from './support/serve.ts'

const never = (): Promise<never> => new Promise(() => {})

describe.each(BOTH)('the answers of $name', (implementation) => {
  const { HealthCheckError } = implementation

  async function answerTo(check: unknown, options: TerminusOptions = {}, map: HealthCheckMap = {}) {
    const healthChecks = { '/health': check, ...map } as HealthCheckMap
    const { ask } = await serve({ implementation, options: { ...options, healthChecks } })
    const { status, body } = await ask('/health')
    return [status, body]
  }

  it.each([undefined, null, 0, '', false])(
    'are 200 and the status alone when a check resolves with %j',
    async (value) => {
      expect(await answerTo(async () => value)).toEqual([200, '{"status":"ok"}'])
    },
  )

  it.each([{ a: 1 }, [1], 'text', 7, true])('show what it resolves with as info and details: %j', async (value) => {
    const json = JSON.stringify(value)
    expect(await answerTo(async () => value)).toEqual([200, `{"status":"ok","info":${json},"details":${json}}`])
  })

  it('merge it when verbatim, also over the status', async () => {
    const check = async () => ({ a: 1, status: 'fine' })
    expect(await answerTo(check, {}, { verbatim: true })).toEqual([200, '{"status":"fine","a":1}'])
  })

  it('hide the message of an error without causes', async () => {
    const check = async () => {
      throw new Error('secret')
    }
    expect(await answerTo(check)).toEqual([503, '{"status":"error"}'])
  })

  it('show causes, and errors among them without their stack', async () => {
    const check = async () => {
      throw new HealthCheckError('hidden', [new Error('one'), { deep: new Error('two') }])
    }
    const causes = '[{"message":"one"},{"deep":{"message":"two"}}]'
    expect(await answerTo(check)).toEqual([503, `{"status":"error","error":${causes},"details":${causes}}`])
  })

  it('show stacks only where they are to be exposed', async () => {
    const check = async () => {
      throw new HealthCheckError('hidden', new Error('one'))
    }
    const [, body] = await answerTo(check, {}, { __unsafeExposeStackTraces: true })
    expect(body).toContain('"stack":"Error: one')
  })

  it('take the status code and the body that an error brings', async () => {
    const check = async () => {
      throw Object.assign(new Error('hidden'), {
        statusCode: 418,
        statusResponse: { mood: 'tea' },
        causes: 'no coffee',
      })
    }
    expect(await answerTo(check)).toEqual([418, '{"mood":"tea","error":"no coffee","details":"no coffee"}'])
  })

  it('take the codes and bodies of the options', async () => {
    const options = {
      statusOk: 201,
      statusOkResponse: { up: true },
      statusError: 500,
      statusErrorResponse: { up: false },
    }
    expect(await answerTo(async () => {}, options)).toEqual([201, '{"up":true}'])
    const failing = async () => {
      throw new Error('hidden')
    }
    expect(await answerTo(failing, options)).toEqual([500, '{"up":false}'])
  })

  it('are a failure for what is no function', async () => {
    expect(await answerTo({})).toEqual([503, '{"status":"error"}'])
  })

  it('run a check that is not asynchronous, too', async () => {
    expect(await answerTo(() => 'now')).toEqual([200, '{"status":"ok","info":"now","details":"now"}'])
    const failing = () => {
      throw new Error('now')
    }
    expect(await answerTo(failing)).toEqual([503, '{"status":"error"}'])
  })

  it('are JSON without a charset, with the headers of the options, which may say otherwise', async () => {
    const healthChecks = { '/health': async () => {} }
    const plain = await serve({ implementation, options: { healthChecks, headers: { 'X-One': '1' } } })
    expect((await plain.ask('/health')).headers).toMatchObject({ 'content-type': 'application/json', 'x-one': '1' })
    const headers = { 'Content-Type': 'application/health+json' }
    const other = await serve({ implementation, options: { healthChecks, headers } })
    expect((await other.ask('/health')).headers).toMatchObject({ 'content-type': 'application/health+json' })
  })

  it('are for the whole target alone, and for every method', async () => {
    const { ask } = await serve({ implementation, options: { healthChecks: { '/health': async () => {} } } })
    for (const path of ['/health?a=b', '/health/', '/HEALTH', '/other']) expect((await ask(path)).body).toBe('app')
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      expect(await ask('/health', method)).toMatchObject({ status: 200, body: '{"status":"ok"}' })
    }
    expect(await ask('/health', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  it('ignore case when they are told to', async () => {
    const options = { caseInsensitive: true, healthChecks: { '/heAlth': async () => {} } }
    const { ask } = await serve({ implementation, options })
    for (const path of ['/health', '/HEALTH', '/heAlth']) expect((await ask(path)).body).toBe('{"status":"ok"}')
  })

  it('run the check once for each request, and tell the logger of failures', async () => {
    let runs = 0
    const told: unknown[] = []
    const failure = new Error('now')
    const check = async () => {
      runs++
      throw failure
    }
    const logger = (...line: unknown[]) => void told.push(line)
    const { ask } = await serve({ implementation, options: { logger, healthChecks: { '/health': check } } })
    await Promise.all([ask('/health'), ask('/health'), ask('/health')])
    expect(runs).toBe(3)
    const line = ['healthcheck failed', failure]
    expect(told).toEqual([line, line, line])
  })

  it('are failures from the signal on, without the check, after onSendFailureDuringShutdown', async () => {
    const calls: string[] = []
    const { ask, signal } = await serve({
      implementation,
      options: {
        healthChecks: { '/health': async () => void calls.push('check') },
        onSendFailureDuringShutdown: async () => void calls.push('onSendFailureDuringShutdown'),
        statusErrorResponse: { leaving: true },
        beforeShutdown: never,
      },
    })
    signal()
    expect(await ask('/health')).toMatchObject({ status: 503, body: '{"leaving":true}' })
    expect((await ask('/')).body).toBe('app')
    expect(calls).toEqual(['onSendFailureDuringShutdown'])
  })

  it('are what the check says when sendFailuresDuringShutdown is off; it sees the state', async () => {
    const healthChecks: HealthCheckMap = { '/health': async ({ state }) => ({ ...state }) }
    const options = { healthChecks, sendFailuresDuringShutdown: false, beforeShutdown: never }
    const { ask, signal } = await serve({ implementation, options })
    signal()
    expect((await ask('/health')).body).toContain('"info":{"isShuttingDown":true}')
  })
})

describe.each(BOTH)('the error of $name', ({ HealthCheckError }) => {
  it('is an Error with causes', () => {
    const error = new HealthCheckError('message', 42)
    expect(error).toBeInstanceOf(Error)
    expect(Object.getOwnPropertyNames(error).toSorted()).toEqual(['causes', 'message', 'stack'])
    expect([error.name, error.constructor.name, error.message, error.causes]).toEqual([
      'Error',
      'TerminusError',
      'message',
      42,
    ])
  })
})
