import { expect, it } from 'vitest'

import type { ProbesOptions } from '../../src/lifecycle/lifecycle-options.ts'
import { resolveOptions } from '../../src/options/resolve-options.ts'
import { TrustedAddresses } from '../../src/probes/probers/trusted-addresses.ts'

it.each<[unknown, string]>([
  [{ port: 70_000 }, 'probes.port: must be a port, a whole number from 0 to 65535, not 70000'],
  [{ port: '9090' }, 'probes.port: must be a port, a whole number from 0 to 65535, not "9090"'],
  [{ host: '127.0.0.1' }, 'probes.host: is of no use without probes.port'],
  [{ port: 9090, host: '' }, "probes.host: must be an address such as '127.0.0.1'"],
  [{ drainStatus: 204 }, 'probes.drainStatus: must be a whole number from 200 to 599 other than 204, 205 and 304'],
  [{ drainStatus: '404' }, 'probes.drainStatus: must be'],
  [{ envoy: 'yes' }, 'probes.envoy: must be true or false'],
  [{ trusted: ['10.0.0.0/8', 'haproxy'] }, 'probes.trusted: holds "haproxy"; give addresses or ranges'],
  [{ trusted: ['10.0.0.0/33'] }, 'probes.trusted: holds "10.0.0.0/33"'],
  [{ trusted: '10.0.0.7' }, 'probes.trusted: must be a list of names'],
  [{ details: 'all' }, "probes.details: must be 'none', 'summary' or 'full', not \"all\""],
])('refuses %j', (probes, message) => {
  expect(() => resolveOptions({ probes: probes as ProbesOptions })).toThrow(message)
})

it('takes what it documents', () => {
  const drainStatus = (): number => 404
  const details = (): 'full' => 'full'
  const probes = { port: 0, host: '::1', drainStatus, details, envoy: true, trusted: ['10.0.0.0/8', '::1', 'fd00::/8'] }
  expect(resolveOptions({ probes }).probes).toMatchObject(probes)
})

it.each([
  ['10.1.2.3', true],
  ['::ffff:10.1.2.3', true],
  ['11.1.2.3', false],
  ['192.168.0.7', true],
  ['192.168.0.8', false],
  ['fd00::7', true],
  ['fe80::7', false],
  ['', false],
  ['unix', false],
  [undefined, false],
])('TrustedAddresses: %s is trusted: %s', (address, expected) => {
  expect(new TrustedAddresses(['10.0.0.0/8', '192.168.0.7', 'fd00::/8']).has(address)).toBe(expected)
})
