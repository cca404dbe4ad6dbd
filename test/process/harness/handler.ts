import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

import type { Lifecycle } from '@tidegate/core'

/**
 * What it gives is sent as the framework sends a text or a stream; when it gives nothing, it has answered on node's
 * response, or will.
 */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<string | Readable | undefined>

/** Serves it by one of the frameworks, on a port of its own. */
export type Serve = (lifecycle: Lifecycle, handle: Handler) => Promise<Server>
