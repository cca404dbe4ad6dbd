import { LifecycleError } from '../../errors.ts'
import { describeValue } from '../../options/describe-value.ts'
import { chooseMediaType } from './accept.ts'
import { BUILT_IN_FORMS, JSON_FORM } from './built-in-forms.ts'
import type { BuiltInForm } from './built-in-forms.ts'
import type { ProbeFormat, RenderProbe } from './probe-format.ts'

const MEDIA_TYPE = /^[a-z]+\/[a-z\d][a-z\d.+-]*$/

/** What is remembered of `Accept`: there are few that probers and browsers send, and many that somebody could. */
const MOST_REMEMBERED = 64
const LONGEST_REMEMBERED = 256

/** The forms there are, and which of them is wanted. */
export class ProbeFormats {
  readonly #forms = new Map<string, BuiltInForm | ProbeFormat>(BUILT_IN_FORMS.map((form) => [form.mediaType, form]))
  readonly #choices = new Map<string, BuiltInForm | ProbeFormat>()

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(mediaType: string, render: RenderProbe): () => void {
    const fault = this.#faultOf(mediaType, render)
    if (fault !== undefined) throw new LifecycleError('TIDEGATE_CONFIG', `addProbeFormat() ${fault}`)
    const format: ProbeFormat = Object.freeze({ mediaType, render })
    this.#forms.set(mediaType, format)
    this.#choices.clear()
    return () => {
      if (this.#forms.get(mediaType) !== format) return
      this.#forms.delete(mediaType)
      this.#choices.clear()
    }
  }

  /** The form that is wanted; JSON also stands for whatever there is not. */
  wanted(accept: string | undefined): BuiltInForm | ProbeFormat {
    if (accept === undefined || accept === '*/*') return JSON_FORM
    return this.#choices.get(accept) ?? this.#choose(accept)
  }

  #choose(accept: string): BuiltInForm | ProbeFormat {
    const mediaType = chooseMediaType(accept, [...this.#forms.keys()])
    const form = (mediaType === undefined ? undefined : this.#forms.get(mediaType)) ?? JSON_FORM
    if (accept.length <= LONGEST_REMEMBERED) {
      if (this.#choices.size === MOST_REMEMBERED) this.#choices.clear()
      this.#choices.set(accept, form)
    }
    return form
  }

  #faultOf(mediaType: unknown, render: unknown): string | undefined {
    if (typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType)) {
      return `was given ${describeValue(mediaType)}; its first argument is a media type such as 'text/html', in lower case and without parameters`
    }
    if (typeof render !== 'function') {
      return `was given ${describeValue(render)}; its second argument is a function that makes the body`
    }
    if (BUILT_IN_FORMS.some((form) => form.mediaType === mediaType)) {
      return `cannot replace ${mediaType}, which probers rely on`
    }
    if (this.#forms.has(mediaType)) return `was called twice for ${mediaType}; remove the first by what it returned`
    return undefined
  }
}
