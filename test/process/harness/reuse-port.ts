import { existsSync, readFileSync } from 'node:fs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** Whether several processes may listen on one port here, and the kernel shares the connections out. */
export const HAS_REUSE_PORT: boolean = process.platform === 'linux' && (major > 22 || (major === 22 && minor >= 12))

const MIGRATE = '/proc/sys/net/ipv4/tcp_migrate_req'

/** Whether the kernel leaves what waits at a socket that closes to the others on its port, or resets it. */
export const MIGRATES: boolean = existsSync(MIGRATE) && readFileSync(MIGRATE, 'utf8').trim() === '1'
