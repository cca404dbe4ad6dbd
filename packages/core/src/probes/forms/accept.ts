/** Longer than any browser's. */
const LONGEST_ACCEPT = 1_024

interface Range {
  readonly type: string
  readonly quality: number
}

/** How much a type is wanted, and how clearly it is named: 3 for itself, 2 for `text/*`, 1 for any. */
interface Wish {
  readonly quality: number
  readonly precision: number
}

const UNWANTED: Wish = { quality: 0, precision: 0 }

/**
 * The media type that is wanted most, by RFC 9110, section 12.5.1; `undefined` when none is wanted. Of those that are wanted
 * as much, one that is named comes before one that a wildcard covers.
 *
 * @param offered in our own order, which decides between the rest.
 */
export function chooseMediaType(accept: string, offered: readonly string[]): string | undefined {
  const ranges = accept.slice(0, LONGEST_ACCEPT).toLowerCase().split(',').map(readRange)
  let best: string | undefined
  let most: Wish = UNWANTED
  for (const type of offered) {
    const wish = wishFor(type, ranges)
    if (wish.quality > most.quality || (wish.quality === most.quality && wish.precision > most.precision)) {
      best = type
      most = wish
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
function wishFor(type: string, ranges: readonly Range[]): Wish {
  const candidates = [type, type.replace(/\/.*/, '/*'), '*/*']
  for (const [index, candidate] of candidates.entries()) {
    const range = ranges.find((one) => one.type === candidate)
    if (range === undefined) continue
    const { quality } = range
    return quality > 0 ? { quality, precision: candidates.length - index } : UNWANTED
  }
  return UNWANTED
}
