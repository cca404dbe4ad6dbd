import { expect, it } from 'vitest'

import { fitName } from '../../src/graph/node-label.ts'

it('shortens a name in its middle: what tells names apart is often at their end', () => {
  expect(fitName('postgres', 160)).toBe('postgres')
  const names = ['1', '2'].map((number) => fitName(`orders-database-replica-${number}`, 160))
  expect(names).toEqual(['order…ica-1', 'order…ica-2'])
})
