/** What a probe's query asks for, as the Kubernetes API server reads it. */
export interface ProbeQuery {
  /** The text form, with a line for every dependency. */
  readonly verbose: boolean
  /** What is to be left out of the verdict, each once, in order. */
  readonly exclude: readonly string[]
}

export const NO_QUERY: ProbeQuery = Object.freeze({ verbose: false, exclude: Object.freeze([]) })

const LONGEST_QUERY = 2_048
const ASKS_FOR_SOMETHING = /[?&](?:verbose|exclude)\b/

/** Every other query is as good as none: probers add some against caches. */
export function readProbeQuery(url: string): ProbeQuery {
  const start = url.indexOf('?')
  if (start === -1) return NO_QUERY
  const query = url.slice(start, start + LONGEST_QUERY)
  if (!ASKS_FOR_SOMETHING.test(query)) return NO_QUERY
  const parameters = new URLSearchParams(query.replace(/#.*$/s, ''))
  return { verbose: parameters.has('verbose'), exclude: [...new Set(parameters.getAll('exclude'))].toSorted() }
}
