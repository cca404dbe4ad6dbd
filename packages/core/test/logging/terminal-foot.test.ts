import { expect, test } from 'vitest'

import { TerminalFoot } from '../../src/logging/terminal-foot.ts'

/** A terminal that knows as much of its language as is spoken to it, and what stands on it. */
function createScreen(): { readonly lines: readonly string[]; write(text: string): void } {
  const lines = ['']
  let row = 0
  return {
    lines,
    write(text) {
      // Escapes as `<3A`: a pattern may hold no control character.
      for (const part of text.replaceAll('\u001B[', '<').split(/(<\d*[AJ]|\r|\n)/)) {
        const up = /^<(\d+)A$/.exec(part)?.[1]
        if (up !== undefined) row -= Number(up)
        else if (part === '<J') lines.splice(row, lines.length, '')
        else if (part === '\n') {
          row++
          lines[row] ??= ''
        } else if (part !== '\r') lines[row] += part
      }
    },
  }
}

test('lines are drawn again in place, below whatever is written', () => {
  const screen = createScreen()
  const foot = new TerminalFoot(screen)
  foot.write('first\n')
  foot.show(['db 1/2', 'redis 1/9'])
  foot.write('second\n')
  foot.show(['redis 5/9'])
  expect(screen.lines).toEqual(['first', 'second', 'redis 5/9', ''])
  foot.show([])
  foot.write('third\n')
  expect(screen.lines).toEqual(['first', 'second', 'third', ''])
})

test('it knows how large its terminal is, and supposes the usual when nobody does', () => {
  expect(new TerminalFoot({ columns: 40, rows: 10, write() {} })).toMatchObject({ columns: 40, rows: 8 })
  expect(new TerminalFoot({ columns: 0, rows: 0, write() {} })).toMatchObject({ columns: 80, rows: 22 })
})
