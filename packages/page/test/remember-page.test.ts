import type { ProbeView } from '@tidegate/core'
import { beforeEach, describe, expect, it } from 'vitest'

import { RememberedPages } from '../src/remember-page.ts'
import type { Sources } from '../src/remember-page.ts'
import { healthReport, NOW, probeView } from './support/view.ts'

const SOURCES: Sources = { report: healthReport(), historyVersion: 1, now: NOW }

describe('a page', () => {
  let pages: RememberedPages
  let made = 0
  const ask = (sources: Partial<Sources> = {}, view: Partial<ProbeView> = {}): string | undefined =>
    pages.get(probeView(view), { ...SOURCES, ...sources }, () => String((made += 1)))

  beforeEach(() => {
    pages = new RememberedPages()
    made = 0
  })

  it('is made once a second, however many ask', () => {
    for (let ms = 0; ms < 1_000; ms += 1) expect(ask({ now: NOW + ms })).toBe('1')
    expect(ask({ now: NOW + 1_000 })).toBe('2')
  })

  it.each([
    ['the report has changed', { report: healthReport() }],
    ['the history has grown', { historyVersion: 2 }],
    ['the clock was put back', { now: NOW - 1 }],
  ])('is made anew when %s', (_, sources) => {
    ask()
    expect(ask(sources)).toBe('2')
  })

  it.each([
    ['another probe', { kind: 'ready' }],
    ['a dependency', { dependency: 'postgres' }],
    ['other details', { details: 'none' }],
    ['something left out', { excluded: ['postgres'] }],
  ] satisfies [string, Partial<ProbeView>][])('is another one for %s', (_, view) => {
    ask()
    expect(ask({}, view)).toBe('2')
    expect(ask()).toBe('1')
  })

  it.each([
    ['one dependency', (index: number) => ({ dependency: `a${index}` })],
    ['something left out', (index: number) => ({ excluded: [`a${index}`] })],
  ])('of %s is made for 16 a second, whatever changes, and the others are not kept from being made', (_, viewOf) => {
    const askAll = (sources: Partial<Sources>): void => {
      for (let index = 0; index < 10_000; index += 1) ask({ report: healthReport(), ...sources }, viewOf(index))
    }
    askAll({})
    askAll({ now: NOW + 999 })
    expect(made).toBe(16)
    expect(ask({}, viewOf(10_000))).toBeUndefined()
    expect(ask()).toBe('17')
    askAll({ now: NOW + 1_000 })
    expect(made).toBe(33)
  })
})
