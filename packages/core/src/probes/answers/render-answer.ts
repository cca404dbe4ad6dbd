import { validateHeaderName, validateHeaderValue } from 'node:http'

import type { HttpAnswer } from '../../http-answer.ts'
import { describeValue } from '../../options/describe-value.ts'
import type { ProbeFormat, ProbeView } from '../forms/probe-format.ts'
import { answerWith } from './probe-answer.ts'

/**
 * The answer in a form that was added; `undefined` when it leaves this one to JSON.
 *
 * @throws what the form's own function throws, and for what cannot be sent.
 */
export function renderAnswer(
  { mediaType, render }: ProbeFormat,
  view: ProbeView,
  ours: Readonly<Record<string, string>>,
): HttpAnswer | undefined {
  const content: unknown = render(view)
  if (content === undefined) return undefined
  const { body, headers = {} } = content as { body?: unknown; headers?: Readonly<Record<string, unknown>> }
  if (typeof body !== 'string') throw new TypeError(`its body is ${describeValue(body)}, and must be a string`)
  const checked = Object.entries(headers).map(([name, value]) => {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return [name.toLowerCase(), String(value)] as const
  })
  return answerWith(view.status, mediaType, body, { ...Object.fromEntries(checked), ...ours })
}
