import { LifecycleError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { chooseMediaType } from './accept.ts'
import type { ProbeFormat, RenderProbe } from './probe-format.ts'

const JSON_TYPE = 'application/json'
const MEDIA_TYPE = /^[a-z]+\/[a-z\d][a-z\d.+-]*$/

/** What is remembered of `Accept`: there are few that probers and browsers send, and many that somebody could. */
const MOST_REMEMBERED = 64
const LONGEST_REMEMBERED = 256

/** The forms there are beside JSON, and which of them is wanted. */
export class ProbeFormats {
  readonly #added = new Map<string, ProbeFormat>()
  readonly #choices = new Map<string, string>()

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(mediaType: string, render: RenderProbe): () => void {
    const fault = this.#faultOf(mediaType, render)
    if (fault !== undefined) throw new LifecycleError('TIDEGATE_CONFIG', `addProbeFormat() ${fault}`)
    const format: ProbeFormat = Object.freeze({ mediaType, render })
    this.#added.set(mediaType, format)
    this.#choices.clear()
    return () => {
      if (this.#added.get(mediaType) !== format) return
      this.#added.delete(mediaType)
      this.#choices.clear()
    }
  }

  /** The form that is wanted; `undefined` for JSON, which also stands for whatever there is not. */
  wanted(accept: string | undefined): ProbeFormat | undefined {
    if (accept === undefined || accept === '*/*' || this.#added.size === 0) return undefined
    return this.#added.get(this.#choices.get(accept) ?? this.#choose(accept))
  }

  #choose(accept: string): string {
    const choice = chooseMediaType(accept, [JSON_TYPE, ...this.#added.keys()]) ?? JSON_TYPE
    if (accept.length <= LONGEST_REMEMBERED) {
      if (this.#choices.size === MOST_REMEMBERED) this.#choices.clear()
      this.#choices.set(accept, choice)
    }
    return choice
  }

  #faultOf(mediaType: unknown, render: unknown): string | undefined {
    if (typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType)) {
      return `was given ${describeValue(mediaType)}; its first argument is a media type such as 'text/html', in lower case and without parameters`
    }
    if (typeof render !== 'function') {
      return `was given ${describeValue(render)}; its second argument is a function that makes the body`
    }
    if (mediaType === JSON_TYPE) return `cannot replace ${JSON_TYPE}, which probers rely on`
    if (this.#added.has(mediaType)) return `was called twice for ${mediaType}; remove the first by what it returned`
    return undefined
  }
}
