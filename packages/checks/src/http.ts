import { validateHeaderName, validateHeaderValue } from 'node:http'

import type { CheckContext, CheckResult, Dependency, OptionRule } from '@tidegate/core'

import { askHttp } from './ask-http.ts'
import { assertCheckOptions, isRecord } from './assert-check-options.ts'
import type { RemoteCheckOptions } from './check-options.ts'
import { defineCheck } from './define-check.ts'

/** Whether a server answers as it should; its name is `'http'` and it is critical by default. */
export interface HttpOptions<Name extends string = string> extends RemoteCheckOptions<Name> {
  /** `http:` or `https:`. A user and password in it are sent as Basic authorization, and never shown. */
  readonly url: string | URL
  /** Default `'GET'`. */
  readonly method?: 'GET' | 'HEAD' | undefined
  /** The status, or those, that pass. Default all from 200 to 299. Redirects are not followed. */
  readonly status?: number | readonly number[] | undefined
  /** Sent with the request, and never shown. Default none besides `user-agent: tidegate-check`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Bytes of the body that are read before the connection is cut and the status judged. Default 65,536. */
  readonly maxBody?: number | undefined
  /** The authorities to trust instead of Node's, in PEM, for `https:`. */
  readonly ca?: string | readonly string[] | undefined
}

const isStatus = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599

const URL_RULE: OptionRule = {
  fits: isHttpUrl,
  what: "a URL with http: or https:, as 'https://search.internal/health'",
}

const OWN: Readonly<Record<string, OptionRule>> = {
  method: { fits: (value) => value === 'GET' || value === 'HEAD', what: "'GET' or 'HEAD'" },
  status: {
    fits: (value) => isStatus(value) || (Array.isArray(value) && value.length > 0 && value.every(isStatus)),
    what: 'a status from 200 to 599, or a list of them',
  },
  headers: { fits: isHeaders, what: "an object of strings that may be sent, as { authorization: 'Bearer …' }" },
  maxBody: { fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0, what: 'a number of bytes from 0' },
  ca: {
    fits: (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)),
    what: 'a certificate in PEM, or a list of them',
  },
}

/**
 * Asks over a connection of its own, which is closed with the answer.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function http<const Name extends string = 'http'>(options: HttpOptions<Name>): Dependency<Name> {
  assertCheckOptions({
    call: 'http(options)',
    options,
    scope: 'remote',
    required: { url: 'what to ask' },
    own: OWN,
    unquoted: { url: URL_RULE },
  })
  const { method = 'GET', status, headers = {}, maxBody = 65_536, ca } = options
  const url = new URL(String(options.url))
  const expected = status === undefined ? undefined : [status].flat()
  const question = { url, method, headers: { 'user-agent': 'tidegate-check', ...headers }, maxBody, ca }

  async function check({ signal }: CheckContext): Promise<CheckResult> {
    const answered = await askHttp(question, signal)
    const data = { status: answered }
    if (expected?.includes(answered) ?? (answered >= 200 && answered <= 299)) return { status: 'pass', data }
    const redirect = answered >= 300 && answered <= 399 ? ', and redirects are not followed' : ''
    return { status: 'fail', message: `answered ${answered}, not ${expected?.join(' or ') ?? '2xx'}${redirect}`, data }
  }

  return defineCheck(options, { name: 'http', critical: true, scope: 'remote', check })
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' && !(value instanceof URL)) return false
  return URL.canParse(String(value)) && /^https?:$/.test(new URL(String(value)).protocol)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isHeaders(value: unknown): boolean {
  return isRecord(value) && Object.entries(value).every(([name, content]) => isHeader(name, content))
}

function isHeader(name: string, content: unknown): boolean {
  if (typeof content !== 'string') return false
  try {
    validateHeaderName(name)
    validateHeaderValue(name, content)
    return true
  } catch {
    return false
  }
}
