import { hkdfSync } from 'node:crypto'

/** What Node takes: 16 bytes of name, 16 of HMAC key, 16 of AES key. */
const LENGTH = 48

const SALT = 'tidegate: the keys of TLS session tickets'

/** The same for everybody who has the secret, and for one epoch only. */
export function ticketKeys(secret: string | Uint8Array, epoch: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, SALT, `epoch ${epoch}`, LENGTH))
}
