import { connectionTests } from './connection-tests.ts'
import { drainTests } from './drain-tests.ts'
import { errorTests } from './error-tests.ts'
import { gateTests } from './gate-tests.ts'
import { handshakeTests } from './handshake-tests.ts'
import { leavingTests } from './leaving-tests.ts'
import { longLivedTests } from './long-lived-tests.ts'
import { pipeliningTests } from './pipelining-tests.ts'
import { probeTests } from './probe-tests.ts'
import type { ServerTest } from './server-test.ts'
import { unattachedTests } from './unattached-tests.ts'
import { uploadTests } from './upload-tests.ts'

/** The server suite. */
export const serverTests: readonly ServerTest[] = [
  ...probeTests,
  ...gateTests,
  ...unattachedTests,
  ...drainTests,
  ...longLivedTests,
  ...uploadTests,
  ...handshakeTests,
  ...pipeliningTests,
  ...connectionTests,
  ...errorTests,
  ...leavingTests,
]
