import { Server as NetServer } from 'node:net'

import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'

/** @throws {LifecycleError} `TIDEGATE_CONFIG` for what is no server of Node's, such as an Express app. */
export function assertServer<S extends WebServer>(server: S): S {
  if (server instanceof NetServer) return server
  const advice =
    'to open one for an app or a handler, call listen(app, port); attach() takes what createServer() returns'
  throw new LifecycleError('TIDEGATE_CONFIG', `this is no server but ${describeValue(server)}: ${advice}`)
}
