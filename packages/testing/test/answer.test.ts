import { expect, test } from 'vitest'

import { announcedLength, readAnswer } from '../src/answer.ts'

const WITH_BODY = { withoutBody: false }

/** How many characters have to be there before the first answer is read. */
function neededFor(text: string): number {
  let length = 0
  while (readAnswer(text.slice(0, length), WITH_BODY) === undefined) length++
  return length
}

test('an answer is read by its length, and not before it is whole', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a: b\r\n\r\nhello'

  expect(neededFor(text)).toBe(text.length)
  expect(readAnswer(`${text}HTTP/1.1 404`, WITH_BODY)).toEqual({
    answer: {
      status: 200,
      headers: new Map([
        ['content-length', '5'],
        ['x-two', 'a: b'],
      ]),
      body: 'hello',
    },
    length: text.length,
  })
})

test('a chunked answer is read to its last chunk', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n'

  expect(neededFor(text)).toBe(text.length)
  expect(readAnswer(text, WITH_BODY)?.answer.body).toBe('hello0123456789')
})

test('an answer to HEAD ends with its head, whatever length it names', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'

  expect(readAnswer(`${text}HTTP/1.1 404`, { withoutBody: true })).toMatchObject({
    answer: { status: 200, body: '' },
    length: text.length,
  })
})

test('an answer tells with its head how long it is, unless it is chunked', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'

  expect(announcedLength(`${head}he`)).toBe(head.length + 5)
  expect(announcedLength(head.slice(0, -1))).toBe(undefined)
  expect(announcedLength('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')).toBe(undefined)
})
