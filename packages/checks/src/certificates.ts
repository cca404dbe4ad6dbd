import { X509Certificate } from 'node:crypto'

const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/**
 * The certificates in a PEM text, as they come; whatever else is in it, such as a key, is not looked at.
 *
 * @throws when there is none, or one cannot be read.
 */
export function readCertificates(text: string): readonly X509Certificate[] {
  const found = text.match(PEM)
  if (found === null) throw new Error('there is no certificate in it (-----BEGIN CERTIFICATE-----)')
  return found.map((pem) => new X509Certificate(pem))
}
