import { spawnSync } from 'node:child_process'

const UNSHARE = ['unshare', '--mount']
const WITHOUT_ROOT = ['--user', '--map-root-user']
const TRIAL = ['mount', '-t', 'tmpfs', 'tmpfs', '/mnt']

/** What starts a command that may mount, where only itself sees it; none where nobody may. */
export const MOUNT_NAMESPACES: readonly (readonly string[])[] = [UNSHARE, [...UNSHARE, ...WITHOUT_ROOT]]
  .filter(([command = '', ...args]) => spawnSync(command, [...args, ...TRIAL]).status === 0)
  .slice(0, 1)
