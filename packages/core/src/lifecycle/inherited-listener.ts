const FIRST_DESCRIPTOR = 3

/**
 * The listening socket that whoever started this process holds open for it, by the protocol of systemd's socket activation
 * (`sd_listen_fds(3)`): `await lifecycle.listen(app, inheritedListener() ?? 3000)`. The port stays open between one
 * process and the next, so that on one host nobody is ever refused. `undefined` when there is none.
 */
export function inheritedListener(env: NodeJS.ProcessEnv = process.env): { readonly fd: number } | undefined {
  // Meant for somebody else: the variables have come down to us through a program in between.
  if (env['LISTEN_PID'] !== String(process.pid)) return undefined
  return Number(env['LISTEN_FDS']) >= 1 ? { fd: FIRST_DESCRIPTOR } : undefined
}
