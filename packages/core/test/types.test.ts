import { pino } from 'pino'
import { expect, expectTypeOf, test } from 'vitest'

import { cache, createLifecycle, defineDependency, inheritedListener } from '../src/index.ts'
import type { Lifecycle, ListenArguments, Logger } from '../src/index.ts'

test('names of dependencies are inferred as a union, also beside functions that take a context', () => {
  const lifecycle = createLifecycle({
    dependencies: [
      { name: 'db', warmUp: async ({ signal }) => signal.throwIfAborted(), check: async () => ({ status: 'pass' }) },
      cache('catalog', { dependsOn: ['db'], load: async () => new Map<string, number>() }),
      defineDependency({ name: 'queue', critical: false }),
    ],
    logger: false,
  })

  expectTypeOf(lifecycle).toEqualTypeOf<Lifecycle<'db' | 'catalog' | 'queue'>>()
  expectTypeOf(lifecycle.report().dependencies.db.status).toEqualTypeOf<'pass' | 'warn' | 'fail'>()
  // @ts-expect-error -- no dependency is named so
  expect(() => lifecycle.requires('bd')).toThrow('bd')
})

test('a lifecycle with names is a lifecycle', () => {
  expectTypeOf(createLifecycle({ dependencies: [{ name: 'db' }], logger: false })).toExtend<Lifecycle>()
  expectTypeOf(createLifecycle({ logger: false })).toExtend<Lifecycle>()
  expectTypeOf(cache('catalog', { load: async () => 3 }).get).returns.toEqualTypeOf<number>()
})

test("pino's logger is a logger", () => {
  expectTypeOf(pino()).toExtend<Logger>()
})

test('an inherited descriptor is listened on, or whatever stands in for it', () => {
  const inherited = inheritedListener({})
  expectTypeOf([inherited ?? 3000] as const).toExtend<Readonly<ListenArguments>>()
  expectTypeOf([inherited ?? '/run/shop.sock'] as const).toExtend<Readonly<ListenArguments>>()
  expectTypeOf([inherited ?? { port: 3000, host: '::' }] as const).toExtend<Readonly<ListenArguments>>()
  expectTypeOf([3000, '127.0.0.1', 511] as const).toExtend<Readonly<ListenArguments>>()
  expectTypeOf([inherited ?? 3000, '127.0.0.1'] as const).not.toExtend<Readonly<ListenArguments>>()
})

test('listen takes every form of net.Server#listen, and nothing else', () => {
  const called = (): void => {}
  type Forms = Readonly<ListenArguments>
  expectTypeOf([] as const).toExtend<Forms>()
  expectTypeOf([called] as const).toExtend<Forms>()
  expectTypeOf([undefined, called] as const).toExtend<Forms>()
  expectTypeOf([3000, called] as const).toExtend<Forms>()
  expectTypeOf([3000, undefined, undefined, called] as const).toExtend<Forms>()
  expectTypeOf([3000, 511] as const).toExtend<Forms>()
  expectTypeOf([3000, 511, called] as const).toExtend<Forms>()
  expectTypeOf([3000, '127.0.0.1'] as const).toExtend<Forms>()
  expectTypeOf([3000, '127.0.0.1', called] as const).toExtend<Forms>()
  expectTypeOf([3000, '127.0.0.1', 511, called] as const).toExtend<Forms>()
  expectTypeOf(['3000', called] as const).toExtend<Forms>()
  expectTypeOf(['/run/shop.sock', 511, called] as const).toExtend<Forms>()
  expectTypeOf([{ path: '/run/shop.sock' }, called] as const).toExtend<Forms>()
  expectTypeOf([{ fd: 3 }, 511, called] as const).toExtend<Forms>()

  expectTypeOf([called, 3000] as const).not.toExtend<Forms>()
  expectTypeOf([3000, called, 511] as const).not.toExtend<Forms>()
  expectTypeOf([{ fd: 3 }, '127.0.0.1', called] as const).not.toExtend<Forms>()
  expectTypeOf([3000, true] as const).not.toExtend<Forms>()
})
