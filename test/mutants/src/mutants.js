import { connections } from './patches/connections.js'
import { gate } from './patches/gate.js'
import { http2 } from './patches/http2.js'
import { longLived } from './patches/long-lived.js'
import { marks } from './patches/marks.js'
import { probes } from './patches/probes.js'
import { requests } from './patches/requests.js'
import { unattached } from './patches/unattached.js'

/** @type {readonly import('./mutant.js').Mutant[]} */
export const mutants = [
  ...probes,
  ...gate,
  ...unattached,
  ...marks,
  ...connections,
  ...requests,
  ...longLived,
  ...http2,
]
