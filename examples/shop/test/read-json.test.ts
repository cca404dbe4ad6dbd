import { Readable } from 'node:stream'

import { describe, expect, it } from 'vitest'

import { readJson } from '../src/read-json.js'

function bodyOf(...parts: string[]): Readable {
  return Readable.from(parts.map((part) => Buffer.from(part)))
}

describe('readJson', () => {
  it('reads a body that comes in parts, also when one ends inside a character', async () => {
    const [start, end] = [Buffer.from('{ "name": "S'), Buffer.from('äge" }')]
    const body = Readable.from([Buffer.concat([start, end.subarray(0, 1)]), end.subarray(1)])
    expect(await readJson(body)).toEqual({ name: 'Säge' })
  })

  it('refuses what is not JSON, and an empty body', async () => {
    await expect(readJson(bodyOf('{'))).rejects.toMatchObject({ status: 400 })
    await expect(readJson(bodyOf())).rejects.toMatchObject({ status: 400 })
  })

  it('does not take a client that went away for a failure of the shop', async () => {
    const body = new Readable({ read() {} })
    body.push('{ "id":')
    const reading = readJson(body)
    body.destroy(new Error('aborted'))
    await expect(reading).rejects.toMatchObject({ status: 400 })
  })

  it('refuses what is too long only after reading all of it, so that the answer can be read', async () => {
    const body = bodyOf(...Array.from({ length: 20 }, () => ' '.repeat(10_000)))
    await expect(readJson(body)).rejects.toMatchObject({ status: 413 })
    expect(body.readableEnded).toBe(true)
  })
})
