import { describe, expect } from 'vitest'

import { it } from '../harness/it.ts'
import { PID_NAMESPACES } from '../harness/pid-namespace.ts'
import type { Line, Program } from '../harness/program.ts'

function warnings(program: Program): Line[] {
  return program.spokenOn('stderr').filter(({ level }) => level === 'warn')
}

// Needs Linux, and root or namespaces for everybody.
for (const namespace of PID_NAMESPACES) {
  describe.concurrent('in a container', () => {
    it('says that a shell as PID 1 keeps SIGTERM to itself, and what to change', async ({ spawnProgram }) => {
      const program = spawnProgram('signals-itself', { under: [...namespace, 'sh', '-c', '"$@"; true', 'sh'] })
      await program.line('stopped')
      expect(warnings(program)).toMatchObject([{ keeper: 'sh' }])
      expect(warnings(program)[0]?.msg).toBe(
        'PID 1 is sh, which keeps signals to itself: SIGTERM will never arrive here; ' +
          'start the service with ["node", "server.js"], or with exec node server.js in a shell script',
      )
    })

    it('says nothing of a shell that has a trap for SIGTERM', async ({ spawnProgram }) => {
      const trap = `trap 'kill -TERM $!' TERM; "$@" & wait`
      const program = spawnProgram('signals-itself', { under: [...namespace, 'sh', '-c', trap, 'sh'] })
      await program.line('stopped')
      expect(warnings(program)).toEqual([])
    })

    for (const [how, command] of [
      ['itself', []],
      ['by exec', ['sh', '-c', 'exec "$@"', 'sh']],
    ] as const) {
      it(`as PID 1 ${how} it hears SIGTERM, says nothing, and exits with 0`, async ({ spawnProgram }) => {
        const program = spawnProgram('signals-itself', { under: [...namespace, ...command] })
        expect(await program.exit).toMatchObject({ code: 0, signal: null })
        expect(await program.line('started')).toMatchObject({ pid: 1 })
        expect(program.said('stopped')).toBe(true)
        expect(warnings(program)).toEqual([])
      })
    }
  })
}

it('says nothing of a shell that is not PID 1', async ({ spawnProgram }) => {
  const program = spawnProgram('signals-itself', { under: ['sh', '-c', '"$@"; true', 'sh'], family: true })
  await program.line('stopped')
  expect(warnings(program)).toEqual([])
})
