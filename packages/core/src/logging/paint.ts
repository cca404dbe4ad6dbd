/** What gives a text its colour, or leaves it as it is. */
export interface Paint {
  dim(text: string): string
  warning(text: string): string
  failure(text: string): string
  progress(text: string): string
}

const PLAIN = (text: string): string => text
const NO_PAINT: Paint = { dim: PLAIN, warning: PLAIN, failure: PLAIN, progress: PLAIN }

const COLOURS: Paint = {
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
  warning: (text) => `\x1b[33m${text}\x1b[39m`,
  failure: (text) => `\x1b[31m${text}\x1b[39m`,
  progress: (text) => `\x1b[36m${text}\x1b[39m`,
}

/** Colours are for terminals, and for those who have not said `NO_COLOR`. */
export function choosePaint(env: NodeJS.ProcessEnv, isTerminal: boolean): Paint {
  const { NO_COLOR = '' } = env
  return isTerminal && NO_COLOR === '' ? COLOURS : NO_PAINT
}
