import { runDependencySuite } from '@tidegate/testing'
import { describe, test } from 'vitest'

import { handsOn } from './support/store-hands.ts'
import { store } from './support/store.ts'

runDependencySuite('store', handsOn(store), { describe, test })
