import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { findChromium } from '@tidegate/services'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** A tab, and everything its browser has complained of. */
export interface Tab {
  readonly page: Page
  readonly complaints: readonly string[]
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    // Root has no sandbox to be in.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}

/** Chromium says so whenever an answer is no 200, and a failing service's is none. */
const EXPECTED = /^Failed to load resource: (the server responded with a status of 503|net::ERR_)/

export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !EXPECTED.test(text)) complaints.push(text)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, complaints }
}

const FORMS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1200, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1200, height: 900 } },
  { name: 'light-360', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'dark-360', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const

export type Form = (typeof FORMS)[number]['name']

/** Shows the page in each of its forms, and takes a picture: kept in the folder that TIDEGATE_SCREENSHOTS names, if it does. */
export async function inEachForm(page: Page, title: string, look: (form: Form) => Promise<void>): Promise<void> {
  const folder = process.env['TIDEGATE_SCREENSHOTS']
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  for (const { name, colorScheme, viewport } of FORMS) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    await look(name)
    if (folder === undefined) await page.screenshot()
    else await page.screenshot({ fullPage: true, path: join(folder, `${title}-${name}.png`) })
  }
}

/** By how much the page is wider than the window, in pixels. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth')
}
