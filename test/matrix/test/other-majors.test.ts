import { expect, it } from 'vitest'

import { otherMajors } from '../src/other-majors.js'

it.each([
  { version: 'v20.19.0', others: [22, 24, 26] },
  { version: 'v22.23.3', others: [20, 24, 26] },
  { version: 'v26.10.0', others: [20, 22, 24] },
  { version: 'v25.1.0', others: [20, 22, 24, 26] },
])('beside Node.js $version there are $others', ({ version, others }) => {
  expect(otherMajors(version)).toEqual(others)
})
