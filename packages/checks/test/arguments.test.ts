import { createLifecycle, defineDependency } from '@tidegate/core'
import type { Dependency } from '@tidegate/core'
import { describe, expect, expectTypeOf, it } from 'vitest'

import { disk, dns, eventLoop, fileDescriptors, http, memory, tcp, threadPool, tlsCertificate } from '../src/index.ts'
import { issueCertificate } from './support/issue-certificate.ts'

type Make = (options: object) => Dependency

interface Kind {
  readonly make: Make
  readonly name: string
  readonly needs: object
}

const { cert, key } = issueCertificate()

const LOCAL: readonly Kind[] = [
  { make: disk as Make, name: 'disk', needs: { path: '/tmp' } },
  { make: eventLoop, name: 'event-loop', needs: {} },
  { make: threadPool, name: 'thread-pool', needs: {} },
  { make: memory, name: 'memory', needs: {} },
  { make: fileDescriptors, name: 'file-descriptors', needs: {} },
  { make: tlsCertificate as Make, name: 'tls-certificate', needs: { cert } },
  { make: tlsCertificate as Make, name: 'tls-certificate', needs: { file: '/etc/tls/tls.crt' } },
]
const REMOTE: readonly Kind[] = [
  { make: tcp as Make, name: 'tcp', needs: { host: 'db.internal', port: 5432 } },
  { make: http as Make, name: 'http', needs: { url: 'http://search.internal/health' } },
  { make: dns as Make, name: 'dns', needs: { hostname: 'db.internal' } },
  { make: tlsCertificate as Make, name: 'tls-certificate', needs: { host: 'shop.example' } },
]
const OVERLOAD = ['event-loop', 'thread-pool', 'memory', 'file-descriptors', 'disk']

function faultsOf(make: Make, options: unknown): { code?: string; message: string } {
  try {
    make(options as object)
    return { message: '' }
  } catch (error) {
    return error as Error
  }
}

describe.each([...LOCAL, ...REMOTE])('$name ($needs)', ({ make, name, needs }) => {
  it('has a name by default, and takes another with everything else that a dependency takes', () => {
    const given = {
      name: 'another-2',
      critical: true,
      dependsOn: ['vault'],
      limits: { close: '2s' },
      health: { interval: '7s' },
    }

    expect(make(needs).name).toBe(name)
    expect(make(Object.freeze({ ...needs, ...given }))).toMatchObject(given)
  })

  it('names every fault at once, as core does', () => {
    const { code, message } = faultsOf(make, { ...needs, name: 'No Name', critical: 1, health: 5, nonsense: true })

    expect(code).toBe('TIDEGATE_CONFIG')
    for (const part of ['options.name', 'options.critical', 'options.health', 'options.nonsense']) {
      expect(message).toContain(part)
    }
    for (const nothing of [null, 'disk', 5]) expect(faultsOf(make, nothing).code).toBe('TIDEGATE_CONFIG')
  })
})

it.each(LOCAL)('$name is local, and not critical by default', ({ make, needs }) => {
  expect(make(needs)).toMatchObject({ scope: 'local', critical: false })
})

it('takes what is remote for critical, but for a certificate, which ends for all instances in the same second', () => {
  expect(REMOTE.map(({ make, needs }) => make(needs).critical)).toEqual([true, true, true, false])
})

it.each(REMOTE)('refuses liveness of $name, which is remote, with the reason', ({ make, needs }) => {
  expect(faultsOf(make, { ...needs, liveness: true }).message).toContain(
    'options.liveness is true, and must be left out: only a local check may fail /livez, ' +
      'one outage of what all instances share would restart them all',
  )
})

it.each(REMOTE)('is refused by core, too, when liveness is put on $name afterwards', ({ make, needs }) => {
  const dependency = defineDependency({ ...make(needs), liveness: true })

  expect(() => createLifecycle({ dependencies: [dependency], logger: false })).toThrow(
    'only a local dependency may fail /livez: one outage of what all instances share would restart every one of them',
  )
})

it.each(LOCAL.filter(({ name }) => OVERLOAD.slice(0, 4).includes(name)))(
  'refuses liveness of $name while it can only warn',
  ({ make, needs }) => {
    expect(faultsOf(make, { ...needs, liveness: true }).message).toMatch(
      /options\.liveness can never take effect, because it only warns: give fail(At|After)/,
    )
  },
)

it('takes liveness of what can fail', () => {
  const dependencies = [
    disk({ path: '/tmp', liveness: true }),
    eventLoop({ failAt: { delay: '5s' }, liveness: true }),
    threadPool({ failAfter: '30s', liveness: true }),
    memory({ failAt: { heap: 0.98 }, liveness: true }),
    fileDescriptors({ failAt: 0.98, liveness: true }),
    tlsCertificate({ file: '/etc/tls/tls.crt', liveness: true }),
  ]

  expect(() => createLifecycle({ dependencies, logger: false })).not.toThrow()
})

it('asks for a name where two of a kind meet', () => {
  const one = disk({ path: '/' })
  const lifecycle = (other: Dependency): unknown => createLifecycle({ dependencies: [one, other], logger: false })

  expect(() => lifecycle(disk({ path: '/tmp' }))).toThrow('"disk" is the name of another dependency already')
  expect(() => lifecycle(disk({ path: '/tmp', name: 'scratch' }))).not.toThrow()
})

it('keeps its name as a literal type', () => {
  expectTypeOf(eventLoop()).toEqualTypeOf<Dependency<'event-loop'>>()
  expectTypeOf(tcp({ host: 'db', port: 1, name: 'db' })).toEqualTypeOf<Dependency<'db'>>()
  expectTypeOf(tlsCertificate({ host: 'shop.example', name: 'shop-tls' })).toEqualTypeOf<Dependency<'shop-tls'>>()
})

it.each<[string, Make, object, string]>([
  ['nothing to look at', disk as Make, {}, 'options.path is missing: the directory that the service writes to'],
  ['no port', tcp as Make, { host: 'db' }, 'options.port is missing: where it listens'],
  ['a port that there is not', tcp as Make, { host: 'db', port: 0 }, 'options.port is 0'],
  ['a share above 1', memory, { warnAt: { heap: 90 } }, 'options.warnAt.heap must be a share above 0 and up to 1'],
  [
    'a measure that there is not',
    memory,
    { failAt: { heep: 0.9 } },
    'options.failAt.heep is not an option; there are heap, rss',
  ],
  [
    'a delay without a unit that can be read',
    eventLoop,
    { warnAt: { delay: 'soon' } },
    'options.warnAt.delay must be a duration',
  ],
  [
    'failing before it warns',
    eventLoop,
    { failAt: { delay: '50ms' } },
    'options.failAt.delay is 50 ms, below the 100 ms at which it warns',
  ],
  [
    'failing before it warns',
    fileDescriptors,
    { failAt: 0.5 },
    'options.failAt is 0.5, below the 0.9 at which it warns',
  ],
  ['failing before it warns', threadPool, { failAfter: '100ms' }, 'options.failAfter is below warnAfter'],
  [
    'failing before it warns',
    tlsCertificate as Make,
    { cert, failDays: 20 },
    'options.failDays is 20, before it warns at 14',
  ],
  ['no certificate', tlsCertificate as Make, {}, 'options.file, cert or host is missing'],
  ['two certificates', tlsCertificate as Make, { cert, file: 'a' }, 'options has file and cert: give one'],
  [
    'a port for a file',
    tlsCertificate as Make,
    { file: 'a', port: 443 },
    'options.port is for a certificate at a host',
  ],
  ['what is no certificate', tlsCertificate as Make, { cert: 'abc' }, 'options.cert must be a certificate in PEM'],
  ['a server by its name', dns as Make, { hostname: 'db', servers: ['ns.internal'] }, 'options.servers is an array'],
  ['a status that is none', http as Make, { url: 'http://a/', status: 99 }, 'options.status is 99'],
  [
    'a header that cannot be sent',
    http as Make,
    { url: 'http://a/', headers: { a: 'b\r\nc: d' } },
    'options.headers is an object',
  ],
])('refuses %s', (_, make, options, fault) => {
  expect(faultsOf(make, options).message).toContain(fault)
})

it.each<[Make, object]>([
  [http as Make, { url: 'postgres://shop:hunter2@db/shop' }],
  [http as Make, { url: 'hunter2' }],
  [tcp as Make, { host: 'shop:hunter2@db', port: 1 }],
  [tlsCertificate as Make, { host: 'shop:hunter2@db' }],
  [tlsCertificate as Make, { cert: key }],
])('never repeats what may be a secret (%#)', (make, options) => {
  const { code, message } = faultsOf(make, options)

  expect(code).toBe('TIDEGATE_CONFIG')
  expect(message).not.toMatch(/hunter2|PRIVATE/)
})
