import { http2DeadlineTests } from './http2-deadline-tests.ts'
import { http2DrainTests } from './http2-drain-tests.ts'
import { http2EndTests } from './http2-end-tests.ts'
import { http2GateTests } from './http2-gate-tests.ts'
import { http2ProbeTests } from './http2-probe-tests.ts'
import { http2SessionTests } from './http2-session-tests.ts'
import type { Http2Test } from './http2-test.ts'
import { http2UnattachedTests } from './http2-unattached-tests.ts'

/** The HTTP/2 suite. */
export const http2Tests: readonly Http2Test[] = [
  ...http2ProbeTests,
  ...http2GateTests,
  ...http2UnattachedTests,
  ...http2DrainTests,
  ...http2SessionTests,
  ...http2EndTests,
  ...http2DeadlineTests,
]
