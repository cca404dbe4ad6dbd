import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../programs/bars.js', import.meta.url))

const ESCAPE = '\u001B'

/** Everything that a command has written, when it has ended well. */
async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { TIDEGATE_LOG: _log, NO_COLOR: _color, ...inherited } = process.env
  const child = spawn(command, args, {
    env: { ...inherited, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(code).toBe(0)
  return written
}

const inPipe = (env: NodeJS.ProcessEnv): Promise<string> => run(process.execPath, [program], env)

/** On a pseudo-terminal: `script` of util-linux opens one, and writes down what is written there. */
const onTerminal = (env: NodeJS.ProcessEnv): Promise<string> =>
  run('script', ['-qec', `stty cols 80 rows 24; exec ${process.execPath} ${program}`, '/dev/null'], env)

describe.concurrent('the default log', () => {
  test('is JSON in a pipe', async () => {
    for (const line of (await inPipe({})).trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ service: 'shop' })
  })

  test('is for people in a pipe when it is told to: short lines, one for each quarter, and nothing for a terminal', async () => {
    const written = await inPipe({ TIDEGATE_LOG: 'pretty' })
    expect(written).not.toContain(ESCAPE)
    const lines = written.trim().split('\n')
    expect(lines.filter((line) => !/^\d\d:\d\d:\d\d (info|warn) +shop: /.test(line))).toEqual([])
    expect(lines.join('\n')).toMatch(/shop: half of it {2}dependency=catalog page=4$/m)
    const quarters = lines.filter((line) => line.includes('catalog progress'))
    expect(quarters.map((line) => /(\d\/8 pages)/.exec(line)?.[1])).toEqual([
      '2/8 pages',
      '4/8 pages',
      '6/8 pages',
      '8/8 pages',
    ])
    expect(quarters[0]).toMatch(/2\/8 pages.* {2}█{6}░{18}$/)
  })

  test('draws bars on a terminal, again in place, which are gone when it is ready', async () => {
    const written = await onTerminal({})
    expect(written).toContain(`${ESCAPE}[33mwarn`)
    expect(written).toContain(`catalog  ${ESCAPE}[36m███`)
    expect(written).toMatch(/orders {3}waits for catalog/)
    expect(written).not.toContain('catalog progress')
    expect(written.split(`${ESCAPE}[3A\r${ESCAPE}[J`).length).toBeGreaterThan(4)
    const afterReady = written.slice(written.indexOf('phase ready'))
    for (const drawn of ['█', '░', `${ESCAPE}[J`]) expect(afterReady).not.toContain(drawn)
  })

  test('leaves colours out for NO_COLOR, and draws all the same', async () => {
    const written = await onTerminal({ NO_COLOR: '1' })
    for (const code of [2, 22, 33, 36, 39]) expect(written).not.toContain(`${ESCAPE}[${code}m`)
    expect(written).toMatch(/catalog {2}█+░*/)
  })

  test('draws nothing on a terminal that has no way back', async () => {
    const written = await onTerminal({ TERM: 'dumb' })
    expect(written).not.toContain(ESCAPE)
    expect(written).toContain('8/8 pages')
  })

  test('is JSON on a terminal when it is told to', async () => {
    for (const line of (await onTerminal({ TIDEGATE_LOG: 'json' })).trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ service: 'shop' })
    }
  })
})
