import { spawnSync } from 'node:child_process'

const UNSHARE = ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child']
const WITHOUT_ROOT = ['--user', '--map-root-user']

/** What starts a command as PID 1 of a namespace of its own, as a container does; none where nobody may. */
export const PID_NAMESPACES: readonly (readonly string[])[] = [UNSHARE, [...UNSHARE, ...WITHOUT_ROOT]]
  .filter(([command = '', ...args]) => spawnSync(command, [...args, 'true']).status === 0)
  .slice(0, 1)
