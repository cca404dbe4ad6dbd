import fc from 'fast-check'

import { needing } from '../support/view.ts'

/** Reports whose dependencies need some of those before them. */
export const anyReport = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 24 }).map((needs) =>
  needing(
    Object.fromEntries(
      needs.map((below, index) => {
        const names = index === 0 ? [] : below.map((number) => `d${number % index}`)
        return [`d${index}`, [...new Set(names)]]
      }),
    ),
  ),
)
