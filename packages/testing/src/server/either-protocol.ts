import assert from 'node:assert/strict'
import { once } from 'node:events'

import type { Answer } from '../answer.ts'
import { within } from '../within.ts'
import { assertServed } from './expectations.ts'
import type { Stage } from './stage.ts'

/** A client of HTTP/1.1 or of HTTP/2. */
interface Asking {
  ask(target: string): Promise<Answer>
}

/** Connects another client. */
type Connect = () => Promise<Asking>

export async function answersProbesOfEveryMethod(connect: Connect): Promise<void> {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    const client = await connect()
    assert.equal((await client.ask(`${method} /healthz`)).status, 200)
    assertServed(await client.ask('GET /'), 'served')
  }
}

export async function tellsThatItHasClosed(stage: Stage, connect: Connect): Promise<void> {
  let told = false
  const closed = once(stage.server, 'close').then(() => {
    told = true
  })
  const client = await connect()
  const answer = client.ask('GET /held')
  const call = await stage.held()

  const stopped = stage.shutdown()
  await stage.reached('linger-over')
  assert.equal(told, false)
  call.reply('whole')
  assertServed(await answer, 'whole')

  await stopped
  await within(closed, () => 'the server to tell that it has closed')
}
