import { readFile } from 'node:fs/promises'

import type { CheckContext, CheckResult, Dependency, OptionRule } from '@tidegate/core'

import { assertCheckOptions } from './assert-check-options.ts'
import { judgeExpiry } from './certificate-expiry.ts'
import { readCertificates } from './certificates.ts'
import { defineCheck } from './define-check.ts'
import { peerCertificates } from './peer-certificates.ts'
import { DAYS, HOST, PATH, PORT } from './rules.ts'
import type { TlsCertificateAtHost, TlsCertificateOptions } from './tls-certificate-options.ts'

const WARN_DAYS = 14

const SOURCES = ['file', 'cert', 'host'] as const

const CERT: OptionRule = { fits: isCertificate, what: 'a certificate in PEM, without its key' }

/**
 * Judges when a certificate, and the intermediates that come with it, expire. Whether it is trusted, and for which
 * name, is not judged.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`
 */
export function tlsCertificate<const Name extends string = 'tls-certificate'>(
  options: TlsCertificateOptions<Name>,
): Dependency<Name> {
  const scope = isAtHost(options) ? 'remote' : 'local'
  assertCheckOptions({
    call: 'tlsCertificate(options)',
    options,
    scope,
    own: { file: PATH, port: PORT, warnDays: DAYS, failDays: DAYS },
    unquoted: { cert: CERT, host: HOST, servername: HOST },
    faults: (given) => [...sourceFaults(given), ...orderFaults(given)],
  })
  const { warnDays = WARN_DAYS, failDays = 0 } = options
  const read = readerOf(options)

  async function check({ signal }: CheckContext): Promise<CheckResult> {
    return judgeExpiry(await read(signal), { warnDays, failDays })
  }

  return defineCheck(options, { name: 'tls-certificate', critical: false, scope, check })
}

type Read = (signal: AbortSignal) => ReturnType<typeof peerCertificates>

function readerOf(options: TlsCertificateOptions): Read {
  if (isAtHost(options)) {
    const { host, port = 443, servername } = options
    return (signal) => peerCertificates({ host, port, servername }, signal)
  }
  if ('cert' in options) {
    const certificates = readCertificates(options.cert.toString())
    return async () => certificates
  }
  const { file } = options
  return async (signal) => readCertificates(await readFile(file, { encoding: 'utf8', signal }))
}

function isAtHost(options: TlsCertificateOptions): options is TlsCertificateAtHost {
  return (options as Partial<TlsCertificateAtHost> | undefined)?.host !== undefined
}

function isCertificate(value: unknown): boolean {
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) return false
  const text = value.toString()
  try {
    return !text.includes('PRIVATE KEY') && readCertificates(text).length > 0
  } catch {
    return false
  }
}

function sourceFaults(given: Readonly<Record<string, unknown>>): string[] {
  const sources = SOURCES.filter((source) => given[source] !== undefined)
  const faults = ['port', 'servername']
    .filter((key) => given[key] !== undefined && given['host'] === undefined)
    .map((key) => `options.${key} is for a certificate at a host: give host, or leave it out`)
  if (sources.length === 0) faults.push('options.file, cert or host is missing: where the certificate is')
  if (sources.length > 1)
    faults.push(`options has ${sources.join(' and ')}: give one, and each certificate its own check`)
  return faults
}

function orderFaults({ warnDays = WARN_DAYS, failDays = 0 }: Readonly<Record<string, unknown>>): string[] {
  if (!DAYS.fits(warnDays) || !DAYS.fits(failDays) || Number(failDays) <= Number(warnDays)) return []
  return [
    `options.failDays is ${Number(failDays)}, before it warns at ${Number(warnDays)}: lower it, or raise warnDays`,
  ]
}
