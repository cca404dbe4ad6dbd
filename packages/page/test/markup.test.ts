import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { markup } from '../src/markup.ts'

describe('markup', () => {
  it('escapes whatever is put in, in text and in quoted attributes', () => {
    expect(markup`<p title="${'"><b>'}">${`<i>'&'</i>`}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;b&gt;">&lt;i&gt;&#39;&amp;&#39;&lt;/i&gt;</p>',
    )
  })

  it('lets nothing through that begins or ends anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&;a#$\\') }), (text) => {
        expect(markup`${text}`.text).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
      }),
    )
  })

  it('takes markup as it is, joins lists, and leaves out what is not there', () => {
    const items = [1, 'a<'].map((one) => markup`<li>${one}</li>`)
    expect(markup`<ul>${items}${undefined}${false}</ul>`.text).toBe('<ul><li>1</li><li>a&lt;</li></ul>')
  })

  it('gives backslashes and dollars as they are', () => {
    expect(markup`${'\\n $& $1'}`.text).toBe('\\n $&amp; $1')
  })
})
