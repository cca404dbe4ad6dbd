import type { LocalCheckOptions, RemoteCheckOptions } from './check-options.ts'

interface Expiry {
  /** How many days before its end it warns. Default 14. */
  readonly warnDays?: number | undefined
  /** How many days before its end it fails. Default 0, when it has expired. */
  readonly failDays?: number | undefined
}

/** A certificate in a file, which is read anew by each check. Local. */
export interface TlsCertificateFromFile<Name extends string = string> extends LocalCheckOptions<Name>, Expiry {
  /** In PEM; with its intermediates, if they are in the same file. */
  readonly file: string
}

/** A certificate in memory: the one that the process serves until it is restarted. Local. */
export interface TlsCertificateGiven<Name extends string = string> extends LocalCheckOptions<Name>, Expiry {
  /** In PEM; with its intermediates. */
  readonly cert: string | Buffer
}

/** The certificate that a server shows. Remote. */
export interface TlsCertificateAtHost<Name extends string = string> extends RemoteCheckOptions<Name>, Expiry {
  readonly host: string
  /** Default 443. */
  readonly port?: number | undefined
  /** The name that the server is asked for. Default `host`, unless that is an address. */
  readonly servername?: string | undefined
}

/**
 * When a certificate expires; its name is `'tls-certificate'` and it is not critical by default, since it expires for
 * all instances in the same second.
 */
export type TlsCertificateOptions<Name extends string = string> =
  | TlsCertificateFromFile<Name>
  | TlsCertificateGiven<Name>
  | TlsCertificateAtHost<Name>
