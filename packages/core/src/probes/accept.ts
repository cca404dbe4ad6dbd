/** Longer than any browser's. */
const LONGEST_ACCEPT = 1_024

interface Range {
  readonly type: string
  readonly quality: number
}

/**
 * The first of the media types that is wanted most, by RFC 9110, section 12.5.1; `undefined` when none is wanted.
 *
 * @param offered in our own order, which decides between those that are wanted as much.
 */
export function chooseMediaType(accept: string, offered: readonly string[]): string | undefined {
  const ranges = accept.slice(0, LONGEST_ACCEPT).toLowerCase().split(',').map(readRange)
  let best: string | undefined
  let most = 0
  for (const type of offered) {
    const quality = qualityOf(type, ranges)
    if (quality > most) {
      best = type
      most = quality
    }
  }
  return best
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = weight === undefined ? 1 : Number(weight.slice(2))
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

/** The most specific range decides: whoever wants anything but HTML says so with `text/html;q=0`. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  for (const candidate of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const range = ranges.find((one) => one.type === candidate)
    if (range !== undefined) return range.quality
  }
  return 0
}
