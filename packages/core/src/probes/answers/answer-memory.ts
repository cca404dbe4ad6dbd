import type { HttpAnswer } from '../../http-answer.ts'
import type { BuiltInForm } from '../forms/built-in-forms.ts'

/** Combinations of `?exclude` that are remembered; there are more than anybody asks for. */
const MOST_QUERIES = 64

/** Answers made once for each version of what they tell, however many ask. */
export class AnswerMemory {
  readonly #answers = new Map<BuiltInForm, Map<string, HttpAnswer>>()
  #version = -1
  #queries = 0

  /**
   * @param key what is asked for; of those with a query, which anybody may make up, only some are kept.
   */
  remember(version: number, form: BuiltInForm, key: string, hasQuery: boolean, make: () => HttpAnswer): HttpAnswer {
    if (version !== this.#version) this.#forget(version)
    let answers = this.#answers.get(form)
    if (answers === undefined) this.#answers.set(form, (answers = new Map()))
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = make()
    if (!hasQuery || this.#queries < MOST_QUERIES) {
      if (hasQuery) this.#queries += 1
      answers.set(key, answer)
    }
    return answer
  }

  #forget(version: number): void {
    this.#version = version
    this.#queries = 0
    for (const answers of this.#answers.values()) answers.clear()
  }
}
