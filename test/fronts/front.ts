import { readFile } from 'node:fs/promises'

import { startHaproxy, startNginx } from '@tidegate/services'

import { readHaproxyLog, readNginxLog } from './front-log.ts'
import type { FrontLog } from './front-log.ts'

/** What stands between the clients and the instances. */
export interface Front {
  readonly port: number
  log(): Promise<FrontLog>
  close(): Promise<void>
}

/** The ports of the instances, by name. */
export type Servers = Record<string, number>

/** The example's, which trusts in the drain alone. */
export async function haproxyWithoutRetries(servers: Servers, changes: Record<string, string> = {}): Promise<Front> {
  let log = ''
  const { connection, close } = await startHaproxy({
    servers,
    changes: { 'retries 3': 'retries 0', ...changes },
    onLog: (text) => (log += text),
  })
  return { port: connection.port, log: async () => readHaproxyLog(log), close }
}

export async function nginx(servers: Servers): Promise<Front> {
  const { connection, close } = await startNginx({ servers })
  return {
    port: connection.port,
    log: async () => readNginxLog(await readFile(connection.accessLog, 'utf8')),
    close,
  }
}
