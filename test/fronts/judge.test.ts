import type { DrainRecord } from '@tidegate/core'
import { describe, expect, it } from 'vitest'

import { judge } from './judge.ts'
import type { Ledger } from './ledger.ts'
import type { Post } from './post-load.ts'

const SENT_AT = 1_000_000

function post(fields: Partial<Post> = {}): Post {
  return { id: '1-100', sentAt: SENT_AT, endedAt: SENT_AT + 5, status: 200, text: 'answer to 1-100: x', ...fields }
}

/** Of an instance whose listener closed when the post above was under way. */
function ledger({ refused = 0, ...fields }: Partial<Ledger> & { refused?: number } = {}): Ledger {
  const requests = { inFlight: 0, finished: 0, refused, rejected: 0, cut: 0 }
  const record = { requests } as DrainRecord
  return { handled: [], accepted: 1, listenerClosedAt: SENT_AT + 1, untoldEnds: [], record, ...fields }
}

const BROKEN = { status: 502, text: 'Bad Gateway' }

describe('judge', () => {
  it('counts what was handled and answered', () => {
    const verdict = judge([post()], [ledger({ handled: ['1-100'] })])
    expect(verdict).toEqual({ sent: 1, answered: 1, unanswered: [], repeated: [], neverAccepted: [], lost: [] })
  })

  it('finds a handler whose client was not answered, or was given something else', () => {
    for (const bad of [post(BROKEN), post({ text: 'answer to 2-100: x' }), post({ status: 0 })]) {
      expect(judge([bad], [ledger({ handled: ['1-100'] })])).toMatchObject({ answered: 0, unanswered: [bad], lost: [] })
    }
  })

  it('finds a POST that was repeated', () => {
    const ledgers = [ledger({ handled: ['1-100'] }), ledger({ handled: ['1-100'] })]
    expect(judge([post()], ledgers).repeated).toEqual(['1-100'])
  })

  it('calls lost what was answered without its handler', () => {
    expect(judge([post()], [ledger()]).lost).toHaveLength(1)
  })

  it('excuses what broke while a listener closed', () => {
    expect(judge([post(BROKEN)], [ledger()])).toMatchObject({ neverAccepted: [post(BROKEN)], lost: [] })
  })

  it.each([
    ['no listener closed meanwhile', ledger({ listenerClosedAt: SENT_AT + 500 })],
    ['an instance ended a connection whose client did not know', ledger({ untoldEnds: [SENT_AT + 3] })],
    ['an instance refused a request unread', ledger({ refused: 1 })],
  ])('excuses nothing when %s', (_, one) => {
    expect(judge([post(BROKEN)], [one])).toMatchObject({ neverAccepted: [], lost: [post(BROKEN)] })
  })

  it('does not excuse a front end that broke off itself', () => {
    const post0 = post({ status: 0, text: 'socket hang up' })
    expect(judge([post0], [ledger()]).lost).toEqual([post0])
  })
})
