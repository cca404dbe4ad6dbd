import { LifecycleError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { ProbeRequest } from './lifecycle.ts'

export type ReadProbeRequest = Omit<ProbeRequest, 'method' | 'url'> & { readonly method: string; readonly url: string }

/** @throws {LifecycleError} `TIDEGATE_CONFIG` */
export function readProbeRequest(request: ProbeRequest): ReadProbeRequest {
  if (typeof request !== 'object' || request === null) refuse(`was given ${describeValue(request)}`)
  const { method = 'GET', url = '/', headers, address } = request
  if (typeof method !== 'string') refuse(`needs a text for its method, not ${describeValue(method)}`)
  if (typeof url === 'string') return { method, url, headers, address }
  if (!(url instanceof URL)) refuse(`needs a text or a URL for its url, not ${describeValue(url)}`)
  return { method, url: url.href, headers, address }
}

function refuse(why: string): never {
  const advice = "give it { method: 'GET', url: '/readyz' }, or a Fetch Request"
  throw new LifecycleError('TIDEGATE_CONFIG', `probe() ${why}; ${advice}`)
}
