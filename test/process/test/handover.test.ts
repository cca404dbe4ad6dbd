import { describe, expect } from 'vitest'

import { bindPort } from '../harness/bound-port.ts'
import { it } from '../harness/it.ts'
import { createClient } from '../harness/request.ts'
import type { Answer } from '../harness/request.ts'
import { HAS_REUSE_PORT, MIGRATES } from '../harness/reuse-port.ts'

/** Asks over a connection of its own. */
async function askAnew(port: number): Promise<Answer> {
  const { request, close } = createClient()
  return request(port, '/').finally(close)
}

describe.concurrent('clients that connect all the time', () => {
  it('are never refused while one process after the other listens on an inherited socket', async ({
    spawnProgram,
    request,
    askAllTheTime,
  }) => {
    const { port, descriptor, release } = await bindPort()
    const supervisor = spawnProgram('supervisor', { inherits: descriptor, family: true })
    const { pid: oldPid } = await supervisor.line('listening')
    release()
    const slow = request(port, '/slow')
    await supervisor.line('asked')
    const asking = askAllTheTime(async () => askAnew(port))
    await asking.more(5)

    process.kill(oldPid as number, 'SIGTERM')
    expect(await slow).toMatchObject({ body: String(oldPid), headers: { connection: 'close' } })
    expect(await supervisor.line('service exited')).toMatchObject({ pid: oldPid, code: 0, signal: null })
    // Nobody accepts by now: who connects waits in the kernel.
    supervisor.signal('SIGHUP')
    const { pid: newPid } = await supervisor.line('listening', 2)
    await asking.more(5)

    expect(await asking.stop()).toEqual([])
    const served = asking.answers.map(({ body }) => body)
    expect([served[0], served.at(-1)]).toEqual([String(oldPid), String(newPid)])
  })

  if (HAS_REUSE_PORT) {
    it('are never refused while two processes share the port and one of them leaves', async ({
      spawnProgram,
      request,
      askAllTheTime,
    }) => {
      const old = spawnProgram('handover')
      const port = await old.port()
      const slow = request(port, '/slow')
      await old.line('asked')
      const asking = askAllTheTime(async () => askAnew(port))
      await asking.more(5)
      const { pid: newPid } = await spawnProgram('handover', { args: [String(port)] }).line('listening')

      old.signal('SIGTERM')
      expect(await slow).toMatchObject({ headers: { connection: 'close' } })
      expect(await old.exit).toMatchObject({ code: 0, signal: null })
      await asking.more(5)

      // One client has one connection at a time: it may be what waits at the socket in the moment in which that closes.
      const lost = await asking.stop()
      expect(lost).toEqual(MIGRATES || lost.length === 0 ? [] : ['ECONNRESET'])
      expect(asking.answers.at(-1)?.body).toBe(String(newPid))
    })
  }
})
