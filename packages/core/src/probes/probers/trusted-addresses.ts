import { BlockList, isIP } from 'node:net'

/** Who is believed what it says of itself, by address or CIDR. */
export class TrustedAddresses {
  readonly #list = new BlockList()
  readonly isEmpty: boolean

  /** @param entries as {@link isAddressOrRange} takes them. */
  constructor(entries: readonly string[]) {
    this.isEmpty = entries.length === 0
    for (const entry of entries) {
      const [address = '', prefix] = entry.split('/')
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      if (prefix === undefined) this.#list.addAddress(address, family)
      else this.#list.addSubnet(address, Number(prefix), family)
    }
  }

  has(address: string | undefined): boolean {
    if (address === undefined) return false
    const family = isIP(address)
    // One that came over a socket for both families, as `::ffff:10.0.0.7`, is found among the IPv4 ones as well.
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

export function isAddressOrRange(entry: string): boolean {
  const [address = '', prefix, ...more] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32))
}
