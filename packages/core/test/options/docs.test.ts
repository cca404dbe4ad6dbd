import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import type { Dependency } from '../../src/dependency.ts'
import type { LifecycleOptions } from '../../src/lifecycle-options.ts'
import { DEFAULTS } from '../../src/options/defaults.ts'
import type { ScaledDefault } from '../../src/options/defaults.ts'
import { formatDuration } from '../../src/options/duration.ts'
import { planBudget } from '../../src/shutdown/budget.ts'

const OPTIONS_PAGE = read('../../../../docs/options.md')
const ERRORS_PAGE = read('../../../../docs/errors.md')
const ERRORS_SOURCE = read('../../src/errors.ts')

const { dependency, ...sections } = DEFAULTS
const { stop, ...bySection } = { stop: undefined, ...sections }

/** Every row of every table: the option, then the cells after it. */
const ROWS = new Map(
  OPTIONS_PAGE.split('\n').flatMap((line) => {
    const [, name, ...cells] = /^\| `([\w.]+)` \| (.*) \|$/.exec(line)?.slice(0) ?? []
    return name === undefined ? [] : [[name, cells.join().split(' | ')] as const]
  }),
)
