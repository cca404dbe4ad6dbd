import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface Issued {
  readonly cert: string
  readonly key: string
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
}

export interface Wanted {
  readonly name?: string
  /** Seconds from now, in whole seconds. Default an hour ago. */
  readonly from?: number
  /** Default in 90 days. */
  readonly to?: number
  /** Who signs it. Default itself. */
  readonly issuer?: Issued & { readonly name: string }
}

const DAY_S = 24 * 60 * 60
const SEQUENCE = 0x30
const ECDSA_WITH_SHA256 = der(SEQUENCE, Buffer.from('06082a8648ce3d040302', 'hex'))

/** A certificate with exactly this validity, which no tool that is everywhere gives: made for one test. */
export function issueCertificate({ name = 'localhost', from = -3_600, to = 90 * DAY_S, issuer }: Wanted = {}): Issued {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = der(
    SEQUENCE,
    der(0xa0, integer(2)),
    integer(Math.floor(Math.random() * 1e9)),
    ECDSA_WITH_SHA256,
    commonName(issuer?.name ?? name),
    der(SEQUENCE, time(from), time(to)),
    commonName(name),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', body, (issuer?.keys ?? keys).privateKey)
  const certificate = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keys,
  }
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(content.length)
  return Buffer.concat([Buffer.from([tag, 0x82]), length, content])
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(value, 1)
  const first = bytes.findIndex((byte, index) => byte !== 0 || index === 4)
  const short = bytes.subarray(first)
  return der(0x02, (short[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), short]) : short)
}

function commonName(name: string): Buffer {
  const attribute = der(SEQUENCE, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(name)))
  return der(SEQUENCE, der(0x31, attribute))
}

/** UTCTime, whose two digits of the year are good until 2049. */
function time(seconds: number): Buffer {
  const iso = new Date(Date.now() + seconds * 1_000).toISOString()
  return der(0x17, Buffer.from(`${iso.slice(2, 19).replace(/[-:T]/g, '')}Z`))
}
