import { costTests } from './cost-tests.ts'
import { healthTests } from './health-tests.ts'
import { phaseTests } from './phase-tests.ts'
import type { ProbeTest } from './probe-test.ts'

/** The probe suite. */
export const probeTests: readonly ProbeTest[] = [...phaseTests, ...healthTests, ...costTests]
