/** For programs, a line of JSON for each event; or for people. */
export type LogStyle = 'json' | 'pretty'

/** How the default logger writes: as `TIDEGATE_LOG` says, else by who reads. `undefined` for what is neither. */
export function chooseLogStyle(env: NodeJS.ProcessEnv, stream: { readonly isTTY?: boolean }): LogStyle | undefined {
  const wanted = env['TIDEGATE_LOG']
  if (wanted === undefined || wanted === '') return stream.isTTY === true ? 'pretty' : 'json'
  return wanted === 'pretty' || wanted === 'json' ? wanted : undefined
}
