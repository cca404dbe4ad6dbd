import { describe, expect, it } from 'vitest'

import { describeOptions, readOptions } from '../src/options.js'

describe('readOptions', () => {
  it('takes Express and the built-in balancer when nothing is said', () => {
    expect(readOptions([])).toEqual({ framework: 'express', front: 'built-in', help: false, faults: [] })
  })

  it('takes a framework, written either way, also behind the -- that npm needs', () => {
    for (const args of [['--framework', 'koa'], ['--framework=koa'], ['--', '--framework', 'koa']]) {
      expect(readOptions(args)).toEqual({ framework: 'koa', front: 'built-in', help: false, faults: [] })
    }
  })

  it('takes a front end', () => {
    expect(readOptions(['--front', 'haproxy'])).toMatchObject({ front: 'haproxy', faults: [] })
  })

  it('lists what there is to choose from when it is given something else, or nothing', () => {
    const list = 'choose one of express, fastify, koa, node-http'
    expect(readOptions(['--framework', 'hapi']).faults).toEqual([`--framework cannot be "hapi": ${list}`])
    expect(readOptions(['--framework']).faults).toEqual([`--framework needs a value: ${list}`])
  })

  it('finds what is no option', () => {
    expect(readOptions(['--framwork=koa', '-x', 'koa']).faults).toEqual([
      '--framwork is not an option: --help lists them',
      '-x is not an option: --help lists them',
      'koa is not an option: --help lists them',
    ])
  })

  it('is asked for help', () => {
    expect(readOptions(['--help'])).toMatchObject({ help: true, faults: [] })
  })
})

describe('describeOptions', () => {
  it('shows every value and which is the default', () => {
    expect(describeOptions()).toContain('--framework   what the shops are built with: express (default), fastify, koa')
    expect(describeOptions()).toContain('--front       what stands in front of them: built-in (default), haproxy')
  })
})
