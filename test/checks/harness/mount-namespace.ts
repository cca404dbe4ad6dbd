import { spawnSync } from 'node:child_process'

const UNSHARE = ['unshare', '--mount']
const WITHOUT_ROOT = ['--user', '--map-root-user']
const TRIAL = ['mount', '-t', 'tmpfs', 'tmpfs', '/mnt']

/** What starts a command that may mount, where only itself sees it; undefined where nobody may. */
export const MOUNT_NAMESPACE: readonly string[] | undefined = [UNSHARE, [...UNSHARE, ...WITHOUT_ROOT]].find(
  ([command = '', ...args]) => spawnSync(command, [...args, ...TRIAL]).status === 0,
)
