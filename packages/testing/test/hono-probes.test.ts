import { runProbeSuite, toProber } from '@tidegate/testing'
import { Hono } from 'hono'
import { describe, test } from 'vitest'

runProbeSuite(
  'Hono, without a server',
  (lifecycle) => {
    const app = new Hono()
    app.use(async ({ req }, next) => {
      const answer = lifecycle.probe(req.raw)
      return answer === undefined ? next() : new Response(answer.body, answer)
    })
    return toProber(async (path) => (await app.request(path)).status)
  },
  { describe, test },
)
