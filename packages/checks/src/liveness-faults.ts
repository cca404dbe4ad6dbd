/** A check that never fails cannot fail `/livez`: whoever asks for that has forgotten something. */
export function livenessFaults(
  options: Readonly<Record<string, unknown>>,
  canFail: boolean,
  needed: string,
): readonly string[] {
  if (options['liveness'] !== true || canFail) return []
  return [`options.liveness can never take effect, because it only warns: give ${needed}, or leave liveness out`]
}
