import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { Server as NetServer } from 'node:net'

import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'

/** @throws {LifecycleError} `TIDEGATE_CONFIG` for what is no server of Node's that answers requests, such as an Express app. */
export function assertServer<S extends WebServer>(server: S): S {
  if (server instanceof HttpServer || server instanceof HttpsServer || isHttp2(server)) return server
  const advice =
    "give listen() a function such as an Express app or Koa's app.callback(), and attach() what http's createServer() returns"
  const what = (server as unknown) instanceof NetServer ? 'a server of another protocol' : describeValue(server)
  throw new LifecycleError('TIDEGATE_CONFIG', `this is no server that answers requests but ${what}: ${advice}`)
}

/** Node exports neither of its two classes. */
function isHttp2(server: unknown): boolean {
  return server instanceof NetServer && 'updateSettings' in server
}
