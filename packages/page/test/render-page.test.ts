import { createHash } from 'node:crypto'

import type { ProbeView } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { contentSecurityPolicy } from '../src/content-security-policy.ts'
import type { Transition } from '../src/history.ts'
import type { PageData } from '../src/page-data.ts'
import { renderPage } from '../src/render-page.ts'
import { dependencyReport, healthReport, NOW, pageData, textOf } from './support/view.ts'

const HOSTILE = `<script>alert(1)</script>" onload="x`

const FAILING = healthReport({
  status: 'fail',
  service: { name: 'shop', version: '1.4.2' },
  dependencies: {
    redis: dependencyReport({ critical: false }),
    catalog: dependencyReport({ status: 'fail', dependsOn: ['postgres'], rootCause: 'postgres' }),
    postgres: dependencyReport({ status: 'fail', affects: ['catalog'] }),
  },
})
const failing = (view: Partial<ProbeView> = {}, data: Partial<PageData> = {}): string =>
  renderPage(pageData({ report: FAILING, verdict: 'fail', status: 503, ...view }, data))

const LATELY: Transition[] = [
  { at: NOW - 5_000, kind: 'phase', from: 'warming', to: 'ready', message: 'the secret reason' },
  {
    at: NOW - 2_000,
    kind: 'health',
    dependency: 'postgres',
    from: 'pass',
    to: 'fail',
    rootCause: undefined,
    message: 'the secret host',
  },
]
const history: PageData['history'] = {
  transitions: LATELY,
  drain: [{ step: 'lame-duck', at: NOW, requests: 4141, connections: 4343, reason: 'the secret reason' }],
  samplesOf: (name) => (name === 'redis' ? [{ status: 'pass', latencyMs: 7777 }] : []),
}

describe('the page', () => {
  it('says what fails, why, and what balancers are told', () => {
    const text = textOf(failing())
    expect(text).toContain('Failing postgres fails. catalog follows from that.')
    expect(text).toContain('Health probe 503')
    expect(text).toContain('postgres fails for 1 min root cause critical Takes down catalog.')
    expect(text).toContain('catalog fails for 1 min critical, needs postgres Because of postgres.')
    expect(failing()).toContain('<title>Failing · shop</title>')
  })

  it('puts first what needs attention', () => {
    const names = [...failing().matchAll(/<h3[^>]*>([^<]*)/g)].map(([, name]) => name)
    expect(names).toEqual(['postgres', 'catalog', 'redis'])
  })

  it('lights the present phase', () => {
    const page = renderPage(pageData({ report: healthReport({ phase: 'draining', ready: false }) }))
    expect(page).toMatch(/<li class="now[^"]*" aria-current="step">draining<\/li>/)
    expect(page.match(/aria-current="step"/g)).toHaveLength(1)
  })

  it('does not call failing what is warming up for the first time', () => {
    const report = healthReport({
      status: 'fail',
      phase: 'warming',
      ready: false,
      warmUp: {
        completed: false,
        warm: 0,
        total: 1,
        pending: { postgres: { attempt: 1, progress: '3/10 connections', done: 3, total: 10, unit: 'connections' } },
      },
      dependencies: { postgres: dependencyReport({ status: 'fail', message: 'not warmed up yet' }) },
    })
    const page = renderPage(pageData({ report, verdict: 'fail', status: 503 }))
    expect(textOf(page)).toContain('Warming up 0 of 1 dependency warm.')
    expect(textOf(page)).toContain('postgres 3/10 connections')
    expect(page).toContain('<progress max="10" value="3"')
    expect(textOf(page)).not.toContain('fails')
  })

  it('says how much time is left of a warm-up, of each part and of the whole, where that is known', () => {
    const report = healthReport({
      phase: 'warming',
      warmUp: {
        completed: false,
        warm: 1,
        total: 2,
        remainingMs: 90_000,
        pending: { postgres: { attempt: 1, progress: '3/10 rows', done: 3, total: 10, remainingMs: 12_000 } },
      },
      dependencies: { postgres: dependencyReport({ status: 'fail' }) },
    })
    const text = textOf(renderPage(pageData({ report, verdict: 'fail' })))
    expect(text).toContain('1 of 2 dependencies warm · about 1 min left')
    expect(text).toContain('postgres 3/10 rows · about 12 s left')
  })

  it('says what has failed in warming up, and in which attempt', () => {
    const report = healthReport({
      phase: 'warming',
      warmUp: {
        completed: false,
        warm: 0,
        total: 1,
        pending: { postgres: { attempt: 2, error: 'connection refused' } },
      },
      dependencies: { postgres: dependencyReport({ status: 'fail' }) },
    })
    const text = textOf(renderPage(pageData({ report, verdict: 'fail' })))
    expect(text).toContain('under way · attempt 2 connection refused')
    expect(text).toContain('postgres fails')
  })

  it('says by what it is held', () => {
    const report = healthReport({ ready: false, reasons: ['held: deploying 1.4.3', 'held: by hand'] })
    const text = textOf(renderPage(pageData({ report, verdict: 'fail', status: 503 })))
    expect(text).toContain('Held Out of rotation until it is released.')
    expect(text).toContain('deploying 1.4.3 by hand')
  })

  it('says until when a recovery does not count yet', () => {
    const postgres = dependencyReport({ status: 'fail', heldUntil: '2026-03-01T03:14:00.000Z' })
    const report = healthReport({ status: 'fail', dependencies: { postgres } })
    expect(textOf(renderPage(pageData({ report, verdict: 'fail' })))).toContain('counts as failing until 03:14:00 UTC')
  })

  it('names some of the endpoints that answer 503, and says how many more there are', () => {
    const affectedEndpoints = Array.from({ length: 25 }, (_, index) => `GET /${index}`)
    const postgres = dependencyReport({ status: 'fail', affectedEndpoints })
    const report = healthReport({ status: 'fail', dependencies: { postgres } })
    expect(textOf(renderPage(pageData({ report, verdict: 'fail' })))).toContain('GET /8, GET /9 and 15 more.')
  })

  it('says what was left out of the verdict', () => {
    expect(textOf(failing({ excluded: ['postgres', 'catalog'] }))).toContain(
      'Left out of this verdict: postgres, catalog',
    )
  })

  it('shows one dependency alone, with the way back', () => {
    const page = failing({ dependency: 'catalog' })
    expect(textOf(page)).toContain('catalog fails')
    expect(page.match(/<h3/g)).toHaveLength(1)
    expect(page).toContain('<a href=".">All dependencies</a>')
  })
})

describe('what is told', () => {
  it('is everything with details "full"', () => {
    const text = textOf(failing({ details: 'full' }, { history }))
    for (const part of ['the secret host', 'the secret reason', '7.8 s', '4141 requests in flight']) {
      expect(text).toContain(part)
    }
  })

  it('is names and states with "summary": of what is remembered no message, reason, timing or number', () => {
    const page = failing({ details: 'summary' }, { history })
    for (const part of ['secret', '7.8 s', '7777', '4141', '4343']) expect(page).not.toContain(part)
    expect(textOf(page)).toContain('Lame duck')
    expect(textOf(page)).toContain('phase ready after warming')
  })

  it('is the verdict alone with "none"', () => {
    const report = healthReport({ status: 'fail', phase: 'warming', service: {} })
    const text = textOf(renderPage(pageData({ details: 'none', verdict: 'fail', status: 503, report }, { history })))
    expect(text.trim()).toMatch(
      /^Service health Reload for what is new Pause Failing Health probe 503 As of [\d:]+ UTC$/,
    )
  })
})

describe('what anybody may have written', () => {
  it('is text wherever it stands', () => {
    const report = healthReport({
      status: 'fail',
      ready: false,
      reasons: [`held: ${HOSTILE}`],
      service: { name: HOSTILE, version: HOSTILE, instance: HOSTILE },
      warmUp: {
        completed: false,
        warm: 0,
        total: 1,
        pending: { postgres: { attempt: 1, progress: HOSTILE, error: HOSTILE } },
      },
      dependencies: {
        postgres: dependencyReport({
          status: 'fail',
          message: HOSTILE,
          data: { [HOSTILE]: HOSTILE },
          affectedEndpoints: [HOSTILE],
        }),
      },
    })
    const page = renderPage(
      pageData(
        { report, verdict: 'fail', excluded: [HOSTILE] },
        { history: { ...history, transitions: LATELY.map((one) => Object.assign({}, one, { message: HOSTILE })) } },
      ),
    )
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).not.toContain('" onload')
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(10)
  })
})

describe('the policy', () => {
  const hashOf = (element: string, page: string): string => {
    const [, text = ''] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(page) ?? []
    expect(text).not.toBe('')
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  }

  it('allows the style and the script that the page has, and nothing else', () => {
    const page = failing()
    expect(contentSecurityPolicy(true).split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hashOf('style', page)}`,
      'img-src data:',
      `script-src ${hashOf('script', page)}`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
  })

  it('allows no script to a page that does not refresh itself, and it has none', () => {
    expect(contentSecurityPolicy(false)).not.toMatch(/script|connect/)
    const page = failing({}, { refreshMs: 0 })
    expect(page).not.toContain('<script')
    expect(textOf(page)).toContain('Reload for what is new')
  })

  it('has nothing to refuse: no inline style, no handler, nothing from elsewhere', () => {
    const markup = failing({}, { history }).replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    expect(markup).not.toMatch(/\sstyle=|\son\w+=|javascript:|\ssrc=/)
    expect(
      [...markup.matchAll(/href="([^"#]*)/g)].filter(([, href]) => href !== '' && !href?.startsWith('data:')),
    ).toEqual([])
  })
})
