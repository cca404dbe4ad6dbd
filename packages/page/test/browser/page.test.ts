import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Lifecycle } from '@tidegate/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { renderPage } from '../../src/render-page.ts'
import { HOSTILE, openShop } from '../support/shop.ts'
import type { Shop, ShopSetup } from '../support/shop.ts'
import { needing, pageData } from '../support/view.ts'
import { lowContrast } from './low-contrast.ts'
import { inEachForm, openBrowser, openTab, sidewaysScroll } from './open-browser.ts'

const OUTAGE = {
  postgres: {
    status: 'fail',
    message: 'connection to 10.0.3.17:5432 timed out after 1000 ms',
    data: { total: 10, idle: 0, waiting: 17, max: 20 },
  },
  catalog: { status: 'fail', message: 'the last refresh failed' },
  orders: { status: 'fail' },
  redis: { status: 'warn', message: 'LOADING Redis is loading the dataset in memory' },
} as const
const RECOVERY = { postgres: { status: 'pass' }, catalog: { status: 'pass' }, orders: { status: 'pass' } } as const

const LONG = 'dependency-with-a-long-name-'
const GRAPH_SCALE = `(() => {
  const graph = [...document.querySelectorAll('svg.graph')].find((one) => one.checkVisibility())
  return graph.getBoundingClientRect().width / graph.viewBox.baseVal.width
})()`

let browser: Browser
const running = new Set<Lifecycle>()

// The first time on a machine a browser may have to be installed.
beforeAll(async () => {
  browser = await openBrowser()
}, 300_000)
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  await Promise.all([...running].map((lifecycle) => lifecycle.shutdown()))
  running.clear()
})
afterAll(() => browser?.close())

async function open(setup?: ShopSetup): Promise<Shop> {
  const shop = await openShop(setup)
  running.add(shop.lifecycle)
  return shop
}

async function untilTitled(page: Page, title: string): Promise<void> {
  await page.locator('h1', { hasText: new RegExp(`^${title}$`) }).waitFor()
}

const seen = (page: Page): Promise<string> => page.locator('main').innerText()
const graphWords = (page: Page): Promise<string | null> => page.locator('svg.graph:visible').getAttribute('aria-label')

describe('the page in a browser', () => {
  it('follows a service from its warm-up to its end, without being reloaded', async () => {
    const shop = await open()
    const { page, complaints } = await openTab(browser)
    await page.goto(shop.url)
    const look = (title: string): Promise<void> =>
      inEachForm(page, title, async (form) => {
        expect([title, form, await sidewaysScroll(page)]).toEqual([title, form, 0])
        const { looked, low } = await lowContrast(page)
        expect([title, form, low]).toEqual([title, form, []])
        expect(looked).toBeGreaterThan(50)
      })

    await untilTitled(page, 'Warming up')
    expect(await seen(page)).toContain('3/10 connections')
    expect(await page.locator('[aria-current=step]').innerText()).toBe('warming')
    await look('warming')

    await shop.warm()
    await untilTitled(page, 'Healthy')
    expect(await seen(page)).toContain('All 7 dependencies pass.')
    expect(await page.title()).toBe('Healthy · shop')
    await look('healthy')

    await shop.set(OUTAGE)
    await untilTitled(page, 'Failing')
    // The page may have been refreshed between the failing of the first and of the last.
    const sentence = 'postgres fails. catalog and orders follow from that. redis warns.'
    await page.locator('main', { hasText: sentence }).waitFor()
    const failing = await seen(page)
    expect(failing).toContain('connection to 10.0.3.17:5432 timed out after 1000 ms')
    expect(failing).toContain('Takes down catalog and orders.')
    expect(await graphWords(page)).toContain('catalog (fails) because of postgres needs postgres')
    expect(await page.locator('svg.graph:visible .is-fail .note').allTextContents()).toContain('root cause')
    expect(await page.title()).toBe('Failing · shop')
    expect(await page.getByRole('status').innerText()).toBe('Failing')
    await look('failing')

    await shop.set(RECOVERY)
    await untilTitled(page, 'Degraded')
    expect(await seen(page)).toMatch(/of 60 failed|of \d+ failed/)
    const release = shop.lifecycle.hold('deploying 1.4.3')
    await untilTitled(page, 'Held')
    expect(await page.getByRole('list', { name: 'Holds' }).innerText()).toBe('deploying 1.4.3')
    release()
    await untilTitled(page, 'Degraded')

    const endRequest = await shop.beginRequest()
    const stopped = shop.lifecycle.shutdown({ lameDuck: '4s', reason: 'SIGTERM' })
    await untilTitled(page, 'Leaving')
    const leaving = await seen(page)
    expect(leaving).toContain('Balancers are being told; every request is still served.')
    expect(leaving).toMatch(/1 request in flight, \d+ connections? open then/)
    expect(await page.locator('.phases [aria-current=step]').innerText()).toBe('draining')
    await look('leaving')
    expect(complaints).toEqual([])

    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toMatch(
      /^No answer since [\d:]+ UTC\. This is how it was then\.$/,
    )
    expect(await seen(page)).toContain('Leaving')
    await endRequest()
    await stopped
  }, 120_000)

  it('is light by day and dark by night', async () => {
    const shop = await open()
    const { page } = await openTab(browser, { colorScheme: 'light' })
    await page.goto(shop.url)
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await ground()).toBe('rgb(245, 246, 248)')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).toBe('rgb(13, 16, 20)')
  })

  it('moves nothing for those who want nothing to move', async () => {
    const shop = await open()
    const { page } = await openTab(browser, { reducedMotion: 'reduce' })
    await page.goto(shop.url)
    const moving = (): Promise<number> => page.evaluate('document.getAnimations().length')
    expect(await moving()).toBe(0)
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    expect(await moving()).toBe(1)
  })

  it('runs nothing that others have written', async () => {
    const service = { name: HOSTILE, version: HOSTILE, instance: HOSTILE }
    const shop = await open({ service })
    await shop.warm()
    shop.lifecycle.hold(HOSTILE)
    await shop.set({ postgres: { status: 'fail', message: HOSTILE, data: { [HOSTILE]: HOSTILE } } })
    const { page, complaints } = await openTab(browser, { userAgent: HOSTILE })
    await page.goto(`${shop.url}?${encodeURI(HOSTILE)}`)

    await page.getByText('hacked = 1').first().waitFor()
    expect(await page.evaluate('typeof hacked')).toBe('undefined')
    expect(await page.locator('img').count()).toBe(0)
    expect(complaints).toEqual([])
    expect(await sidewaysScroll(page)).toBe(0)
  })

  it('would not run it either if it were not escaped: the policy forbids it', async () => {
    const shop = await open()
    const answer = await fetch(shop.url, { headers: { accept: 'text/html' } })
    const policy = answer.headers.get('content-security-policy') ?? ''
    const body = (await answer.text()).replace('<main>', `<main>${HOSTILE}`)
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').setHeader('content-security-policy', policy).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { page, complaints } = await openTab(browser)
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

      expect(await page.evaluate('typeof hacked')).toBe('undefined')
      expect(complaints.join('\n')).toMatch(
        /Executing inline script violates[\s\S]*Executing inline event handler violates/,
      )
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('says as much without scripts, by being reloaded', async () => {
    const shop = await open()
    await shop.warm()
    const { page } = await openTab(browser, { javaScriptEnabled: false })
    await page.goto(shop.url)
    expect(await page.getByRole('banner').innerText()).toContain('Reload for what is new')
    expect(await page.getByRole('button').count()).toBe(0)

    await shop.set(OUTAGE)
    await page.reload()
    await untilTitled(page, 'Failing')
  })

  it('leaves the reader alone: it can be paused, and what was opened or selected stays so', async () => {
    const shop = await open()
    await shop.warm()
    await shop.set(OUTAGE)
    await shop.set(RECOVERY)
    const { page } = await openTab(browser)
    await page.goto(shop.url)
    const clock = page.locator('footer time')
    const clockMoves = async (): Promise<void> => {
      const was = await clock.innerText()
      await clock.filter({ hasNotText: was }).waitFor()
    }
    await page.locator('summary').click()
    await clockMoves()
    expect(await page.locator('details').getAttribute('open')).toBe('')

    await page.evaluate(`getSelection().selectAllChildren(document.querySelector('.message'))`)
    // The second is only asked for when the first has been dealt with.
    for (let answers = 0; answers < 2; answers += 1) await page.waitForResponse(shop.url)
    expect(await page.evaluate('getSelection().toString()')).toContain('LOADING')
    await page.evaluate('getSelection().removeAllRanges()')

    await page.getByRole('button', { name: 'Pause' }).click()
    await shop.set(OUTAGE)
    const answered = await fetch(shop.url, { headers: { accept: 'text/html' } })
    expect(await answered.text()).toContain('<h1 id="verdict">Failing</h1>')
    expect(await page.locator('h1').innerText()).toBe('Degraded')
    await page.getByRole('button', { name: 'Resume' }).click()
    await untilTitled(page, 'Failing')
  })

  it('tells those whom it does not know no more than names and states', async () => {
    const shop = await open({ probes: {} })
    await shop.warm()
    await shop.set(OUTAGE)
    const { page } = await openTab(browser)
    await page.goto(shop.url)
    await untilTitled(page, 'Failing')

    const html = await page.content()
    for (const secret of ['10.0.3.17', 'x2x8p', 'waiting', 'LOADING']) expect(html).not.toContain(secret)
    expect(await seen(page)).toContain('postgres fails. catalog and orders follow from that. redis warns.')
  })

  it('has landmarks, one main heading, and a name for every picture', async () => {
    const shop = await open()
    await shop.warm()
    const { page } = await openTab(browser)
    await page.goto(shop.url)
    await untilTitled(page, 'Healthy')

    for (const role of ['banner', 'main', 'contentinfo'] as const) {
      expect([role, await page.getByRole(role).count()]).toEqual([role, 1])
    }
    expect(await page.getByRole('region', { name: 'Phase' }).count()).toBe(1)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    const unnamed = `[...document.querySelectorAll('svg')].filter((svg) => !svg.closest('[aria-hidden]') && !svg.getAttribute('aria-label')).length`
    expect(await page.evaluate(unnamed)).toBe(0)
  })

  it.each([
    ['a graph as wide as the page', 'd', 4, (index: number) => [index + 1]],
    ['a deep one', LONG, 16, (index: number) => [index + 1]],
    ['a broad one', LONG, 60, () => []],
    ['a tangled one', LONG, 30, (index: number) => [index + 1, index + 3, index + 7]],
  ] satisfies [string, string, number, (index: number) => number[]][])(
    'shows %s without scrolling sideways',
    async (_, prefix, size, below) => {
      const name = (index: number): string => `${prefix}${index}`
      const needs = Object.fromEntries(
        Array.from({ length: size }, (_one, index) => [
          name(index),
          below(index)
            .filter((one) => one < size)
            .map(name),
        ]),
      )
      const { page } = await openTab(browser)
      await page.setContent(renderPage(pageData({ report: needing(needs) }, { refreshMs: 0 })))
      const scrolls: number[] = []
      const scales: number[] = []
      for (const width of [360, 768, 1200]) {
        await page.setViewportSize({ width, height: 800 })
        scrolls.push(await sidewaysScroll(page))
        scales.push(await page.evaluate(GRAPH_SCALE))
      }

      expect(scrolls).toEqual([0, 0, 0])
      // What has to be shrunk by more than this cannot be read.
      expect(Math.min(...scales)).toBeGreaterThan(0.7)
      expect(scales[0]).toBeGreaterThan(0.95)
    },
  )
})
