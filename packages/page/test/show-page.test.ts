import { createLifecycle, LifecycleError } from '@tidegate/core'
import type { HttpAnswer, Lifecycle, LifecycleOptions } from '@tidegate/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { showPage } from '../src/index.ts'
import type { PageOptions } from '../src/index.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

const lifecycleWith = (options: LifecycleOptions = {}): Lifecycle => createLifecycle({ logger: false, ...options })

function ask(lifecycle: Lifecycle, url = '/healthz', accept = BROWSER): HttpAnswer {
  const answer = lifecycle.probe({ url, headers: { accept } })
  if (answer === undefined) throw new Error(`${url} is no probe`)
  return answer
}

function faultOf(run: () => unknown): LifecycleError {
  try {
    run()
  } catch (error) {
    return error as LifecycleError
  }
  throw new Error('nothing was thrown')
}

describe('showPage(lifecycle, options)', () => {
  it('answers browsers with a page, and others as before', () => {
    const lifecycle = lifecycleWith()
    const before = ask(lifecycle)
    showPage(lifecycle)

    const { status, headers, body } = ask(lifecycle)
    expect(status).toBe(before.status)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(body).toContain('Not started')
    for (const accept of ['*/*', 'application/json']) expect(ask(lifecycle, '/healthz', accept).body).toBe(before.body)
  })

  it.each(['/livez', '/readyz', '/startupz', '/healthz/postgres'])('answers %s, too', (path) => {
    const lifecycle = lifecycleWith({ dependencies: [{ name: 'postgres', check: () => {} }] })
    showPage(lifecycle)

    expect(ask(lifecycle, path).headers['content-type']).toContain('text/html')
  })

  it('leaves to JSON what nobody needs so many different pages of', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const names = Array.from({ length: 17 }, (_, index) => `cache-${index}`)
    const lifecycle = lifecycleWith({ dependencies: names.map((name) => ({ name, check: () => {} })) })
    showPage(lifecycle)

    const types = names.map((name) => ask(lifecycle, `/healthz?exclude=${name}`).headers['content-type'])
    expect(types.filter((type) => type?.startsWith('text/html'))).toHaveLength(16)
    expect(types.at(-1)).toContain('application/json')
    expect(ask(lifecycle).headers['content-type']).toContain('text/html')
  })

  it('is taken back by what it returns', () => {
    const lifecycle = lifecycleWith()
    const remove = showPage(lifecycle)
    remove()

    expect(ask(lifecycle).headers['content-type']).toContain('application/json')
    expect(() => showPage(lifecycle)).not.toThrow()
  })

  it('is refused when there is a page already', () => {
    const lifecycle = lifecycleWith()
    showPage(lifecycle)

    expect(faultOf(() => showPage(lifecycle)).code).toBe('TIDEGATE_CONFIG')
  })

  it.each([500, '500ms', '1m', false, undefined] as const)('takes refresh: %s', (refresh) => {
    const lifecycle = lifecycleWith()
    showPage(lifecycle, Object.freeze({ refresh }))

    expect(ask(lifecycle).body.includes('<script>')).toBe(refresh !== false)
  })

  it('refuses every fault in one error', () => {
    const options = { refresh: '100ms', theme: 'dark' } as unknown as PageOptions
    const fault = faultOf(() => showPage(undefined as unknown as Lifecycle, options))

    expect(fault).toBeInstanceOf(LifecycleError)
    expect(fault.code).toBe('TIDEGATE_CONFIG')
    for (const part of [
      'showPage(lifecycle, options) cannot work:',
      'the lifecycle is missing',
      'options.refresh is "100ms", and must be a duration of at least 500 ms',
      'options.theme is not an option',
    ]) {
      expect(fault.message).toContain(part)
    }
  })
})
