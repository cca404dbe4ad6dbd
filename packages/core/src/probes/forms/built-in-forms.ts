import type { ProbeFindings } from '../probe-findings.ts'
import { healthJsonBody } from './health-json-body.ts'
import { dependencyBody, serviceBody } from './probe-body.ts'
import type { ProbeDetails } from './probe-details.ts'
import { textBody } from './text-body.ts'

/** A form that core makes itself, and that is remembered. */
export interface BuiltInForm {
  readonly mediaType: string
  readonly write: (findings: ProbeFindings, details: ProbeDetails) => string
}

export const JSON_FORM: BuiltInForm = Object.freeze<BuiltInForm>({
  mediaType: 'application/json',
  write(findings, details) {
    const { kind, dependency, verdict, report, excluded } = findings
    const one = dependency === undefined ? undefined : report.dependencies[dependency]
    return JSON.stringify(
      one === undefined ? serviceBody(kind, verdict, report, details, excluded) : dependencyBody(one, details),
    )
  },
})

const HEALTH_JSON_FORM: BuiltInForm = Object.freeze<BuiltInForm>({
  mediaType: 'application/health+json',
  write: (findings, details) => JSON.stringify(healthJsonBody(findings, details)),
})

export const TEXT_FORM: BuiltInForm = Object.freeze<BuiltInForm>({ mediaType: 'text/plain', write: textBody })

/** The first decides where two are wanted as much. */
export const BUILT_IN_FORMS: readonly BuiltInForm[] = Object.freeze([JSON_FORM, HEALTH_JSON_FORM, TEXT_FORM])
