import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { chooseMediaType } from '../../../src/probes/forms/accept.ts'

const OFFERED = ['application/json', 'text/plain', 'text/html']
const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'

describe('chooseMediaType', () => {
  it.each([
    [CHROME, 'text/html'],
    ['text/html', 'text/html'],
    ['TEXT/HTML; charset=utf-8', 'text/html'],
    ['text/plain', 'text/plain'],
    ['text/*', 'text/plain'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/plain, */*', 'text/plain'],
    ['*/*, text/plain', 'text/plain'],
    ['text/*, */*', 'text/plain'],
    ['text/*, text/html', 'text/html'],
    ['*/*', 'application/json'],
    ['*/*;q=0.9, text/plain;q=0.8', 'application/json'],
    ['text/plain;q=0.5, text/html;q=0.9', 'text/html'],
    ['text/plain ; q=0.9 , text/html ; q=0.5', 'text/plain'],
    ['*/*;q=0.1, text/html;q=0', 'application/json'],
    ['text/*;q=0, */*', 'application/json'],
    ['application/*;q=0.2, text/plain;q=0.1', 'application/json'],
    ['text/html;q=nonsense, text/plain;q=0.1', 'text/plain'],
  ])('for %s chooses %s', (accept, expected) => {
    expect(chooseMediaType(accept, OFFERED)).toBe(expected)
  })

  it.each(['', 'image/png', 'html', 'text/html;q=0', ';,;', 'text/html;q=2'])('finds none for "%s"', (accept) => {
    expect(chooseMediaType(accept, OFFERED)).toBeUndefined()
  })

  it('is not slow for what nobody would send', () => {
    const start = performance.now()
    chooseMediaType('a/b;q=0.1,'.repeat(100_000), OFFERED)
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('chooses what is offered or nothing, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'text/html*;q=0.1, ') }), (accept) => {
        expect([...OFFERED, undefined]).toContain(chooseMediaType(accept, OFFERED))
      }),
    )
  })
})
