import type { X509Certificate } from 'node:crypto'

import type { CheckResult } from '@tidegate/core'

const DAY_MS = 24 * 60 * 60 * 1_000

export interface ExpiryLimits {
  readonly warnDays: number
  readonly failDays: number
}

/** Judges the one that ends first. Roots that come along are nobody's concern: clients trust their own. */
export function judgeExpiry(
  certificates: readonly X509Certificate[],
  { warnDays, failDays }: ExpiryLimits,
): CheckResult {
  const now = Date.now()
  const judged = certificates.filter((certificate, index) => index === 0 || !isRoot(certificate))
  const early = judged.find(({ validFrom }) => Date.parse(validFrom) > now)
  if (early !== undefined) {
    return { status: 'fail', message: `${nameOf(early)} is not valid before ${toDate(early.validFrom)}` }
  }
  const first = judged.toSorted((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo))[0]
  if (first === undefined) return { status: 'fail', message: 'there is no certificate' }
  const days = (Date.parse(first.validTo) - now) / DAY_MS
  const data = { daysLeft: Math.floor(days), validTo: toDate(first.validTo) }
  if (days > warnDays) return { status: 'pass', data }
  const ended = days <= 0 ? 'expired' : `expires in ${Math.floor(days)} days,`
  const message = `${nameOf(first)} ${ended} on ${toDate(first.validTo)}`
  return { status: days <= failDays ? 'fail' : 'warn', message, data }
}

function isRoot({ issuer, subject }: X509Certificate): boolean {
  return issuer === subject
}

function nameOf({ subject }: X509Certificate): string {
  const [, name] = /^CN=(.+)$/m.exec(subject ?? '') ?? []
  return name === undefined ? 'the certificate' : `the certificate of ${name}`
}

function toDate(text: string): string {
  return new Date(text).toISOString()
}
