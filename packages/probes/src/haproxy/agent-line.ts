import type { HealthReport } from '@tidegate/core'

/** HAProxy keeps 128 characters of it, with some of its own in front. */
const LONGEST_REASON = 80

/**
 * What HAProxy is to think of this instance, in its words: one each for health, administration and weight, always all
 * three, because it keeps what it was told last for as long as nobody says otherwise, beyond the process that has said it.
 *
 * @param weight `lifecycle.weight`.
 */
export function agentLine({ phase, reasons, status, dependencies }: HealthReport, weight: number): string {
  if (phase === 'idle' || phase === 'warming') return down(phase === 'idle' ? 'not started' : phase)
  // Health stays up: what is drained still gets the requests of its sessions.
  if (phase !== 'ready') return up('drain')
  if (reasons.some((reason) => reason.startsWith('held: '))) return up('maint')
  const failing = status === 'fail' ? criticalFailures(dependencies) : []
  if (status === 'fail' || reasons.length > 0) return down((failing.length > 0 ? failing : reasons).join(', '))
  // 0 % is a drain, which is said by its own word.
  return up('ready', Math.min(100, Math.max(1, Math.round(weight * 100))))
}

function up(administration: 'ready' | 'drain' | 'maint', percent = 100): string {
  return `up ${administration} ${percent}%`
}

/** Behind the sharp comes what people read. The space before it is needed: `down#postgres` is no word that HAProxy knows. */
function down(reason: string): string {
  const readable = reason.replaceAll(/[^ -~]/g, '?').slice(0, LONGEST_REASON)
  return `down ready 100% #${readable}`
}

/** Causes alone: what fails because of another is not the thing to look at. */
function criticalFailures(dependencies: HealthReport['dependencies']): readonly string[] {
  const failing = Object.entries(dependencies).filter(([, { critical, status }]) => critical && status === 'fail')
  return [...new Set(failing.map(([name, { rootCause }]) => rootCause ?? name))]
}
