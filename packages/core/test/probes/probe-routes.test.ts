import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ProbeRoutes } from '../../src/probes/probe-routes.ts'
import { PATHS } from './report-fixture.ts'

const routes = new ProbeRoutes(PATHS)

describe('ProbeRoutes', () => {
  it.each([
    ['/livez', 'live'],
    ['/readyz', 'ready'],
    ['/startupz', 'startup'],
    ['/healthz', 'health'],
    ['/healthz/', 'health'],
    ['/healthz?', 'health'],
    ['/healthz?verbose&x=/livez', 'health'],
    ['/healthz/?verbose', 'health'],
    ['/healthz#top', 'health'],
    ['/startupz/', 'startup'],
    ['http://10.0.0.7:3000/healthz', 'health'],
    ['http://shop/healthz?x', 'health'],
    ['https://shop.example.com/readyz/', 'ready'],
  ])('finds in %s the %s probe', (url, kind) => {
    expect(routes.match(url)).toEqual({ kind })
  })

  it.each([
    ['/healthz/postgres', 'health', 'postgres'],
    ['/readyz/postgres', 'ready', 'postgres'],
    ['/livez/event-loop', 'live', 'event-loop'],
    ['/healthz/postgres/', 'health', 'postgres'],
    ['/healthz/postgres?x=1', 'health', 'postgres'],
    ['/healthz/postgres/?x=1', 'health', 'postgres'],
    ['/healthz/%70ostgres', 'health', '%70ostgres'],
    ['http://shop/healthz/postgres', 'health', 'postgres'],
  ])('finds in %s one dependency', (url, kind, dependency) => {
    expect(routes.match(url)).toEqual({ kind, dependency })
  })

  it.each([
    '',
    '*',
    '/',
    '/h',
    '/health',
    '/healthzz',
    '/Healthz',
    '/healthz/a/b',
    '/healthz//',
    '/healthz//a',
    '/startupz/postgres',
    '/x/healthz',
    '//healthz',
    '/login?next=/healthz',
    '/ä',
    '?/healthz',
    'healthz',
    'healthz/',
    'shop.example.com:443',
    'http://healthz',
    'http://shop',
    'ftp://shop/healthz',
  ])('leaves "%s" to the application', (url) => {
    expect(routes.match(url)).toBeUndefined()
  })

  it('leaves a path that is switched off to the application', () => {
    const without = new ProbeRoutes({ ...PATHS, health: false })
    expect(without.match('/healthz')).toBeUndefined()
    expect(without.match('/livez')).toEqual({ kind: 'live' })
    expect(
      new ProbeRoutes({ live: false, ready: false, startup: false, health: false }).match('/livez'),
    ).toBeUndefined()
  })

  it('finds the only path there is', () => {
    const only = new ProbeRoutes({ live: false, ready: false, startup: false, health: '/ping' })
    expect(only.match('/ping')).toEqual({ kind: 'health' })
    expect(only.match('/ping/redis?x')).toEqual({ kind: 'health', dependency: 'redis' })
    expect(only.match('/pingpong')).toBeUndefined()
    expect(only.match('/pong')).toBeUndefined()
  })

  it('prefers a path to the dependency of another, whatever their order', () => {
    const nested = new ProbeRoutes({
      live: '/health/live',
      ready: '/health/ready',
      startup: false,
      health: '/health',
    })
    expect(nested.match('/health')).toEqual({ kind: 'health' })
    expect(nested.match('/health/live')).toEqual({ kind: 'live' })
    expect(nested.match('/health/live/disk')).toEqual({ kind: 'live', dependency: 'disk' })
    expect(nested.match('/health/livez')).toEqual({ kind: 'health', dependency: 'livez' })
    const reversed = new ProbeRoutes({ live: '/ping', ready: '/ping/ready', startup: false, health: false })
    expect(reversed.match('/ping/ready')).toEqual({ kind: 'ready' })
  })

  it('agrees with comparing the whole path, for every set of paths', () => {
    const segment = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 2 })
    const path = fc.array(segment, { minLength: 1, maxLength: 2 }).map((segments) => `/${segments.join('/')}`)
    const four = fc.uniqueArray(path, { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(four, path, fc.constantFrom('', '/', '?a', '/?a'), ([live, ready, startup, health], asked, tail) => {
        const paths = { live, ready, startup, health } as typeof PATHS
        const kind = Object.entries(paths).find(([, one]) => one === asked)?.[0]
        const found = new ProbeRoutes(paths).match(asked + tail)
        if (kind === undefined) expect(found === undefined || found.dependency !== undefined).toBe(true)
        else expect(found).toEqual({ kind })
      }),
    )
  })
})
