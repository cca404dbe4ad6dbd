import { createServer } from 'node:http'
import { createSecureServer, createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttps } from 'node:https'

import { CERTIFICATE } from '@tidegate/certificate'
import type { RequestHandler, WebServer } from '@tidegate/core'

/** Every kind of server that requests to itself go through. */
export const KINDS: Readonly<Record<string, (handler: RequestHandler) => WebServer>> = {
  http: (handler) => createServer(handler),
  'https with TLS 1.3': (handler) => createHttps({ ...CERTIFICATE, minVersion: 'TLSv1.3' }, handler),
  'https with TLS 1.2': (handler) => createHttps({ ...CERTIFICATE, maxVersion: 'TLSv1.2' }, handler),
  'HTTP/2': (handler) => createSecureServer(CERTIFICATE, handler as never),
  'HTTP/2 with TLS 1.2': (handler) => createSecureServer({ ...CERTIFICATE, maxVersion: 'TLSv1.2' }, handler as never),
  'HTTP/2 and HTTP/1.1': (handler) => createSecureServer({ ...CERTIFICATE, allowHTTP1: true }, handler as never),
  'HTTP/2 in the clear': (handler) => createHttp2Server(handler as never),
}
