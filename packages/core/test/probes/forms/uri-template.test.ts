import { describe, expect, it } from 'vitest'

import { toUriTemplate } from '../../../src/probes/forms/uri-template.ts'

describe('toUriTemplate', () => {
  it.each([
    ['/', '/'],
    ['/products/:id', '/products/{id}'],
    ['/flights/:from-:to', '/flights/{from}-{to}'],
    ['/at/:hour(^\\d{2})h', '/at/{hour}h'],
    ['*/cart/:id', '{+path}/cart/{id}'],
    ['/a/*/b/*', '/a/{+path}/b/{+path2}'],
    ['/files/*rest', '/files/{+rest}'],
    ['/orders/{id}/lines', '/orders/{id}/lines'],
    ['/caf%C3%A9', '/caf%C3%A9'],
  ])('says %s as %s', (pattern, template) => {
    expect(toUriTemplate(pattern)).toBe(template)
  })

  it.each([
    '',
    '/a b',
    '/users/:id?',
    '/users{/:id}',
    '/^\\/x/',
    '/(a|b)',
    '/100%',
    "/it's",
    '/:',
    '/{a',
    '/ö',
    '/"',
    '/<x>',
  ])('has none for %s', (pattern) => {
    expect(toUriTemplate(pattern)).toBeUndefined()
  })
})
