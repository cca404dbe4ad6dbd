import type { HealthReport } from '../health/health-report.ts'
import { withRemaining } from './progress.ts'

/** How far a dependency has come that is not warm yet, in a few words; empty for one that is. */
export function pendingState(name: string, { warmUp, dependencies }: HealthReport): string {
  const isPending = (one: string): boolean => Object.hasOwn(warmUp.pending, one)
  const pending = isPending(name) ? warmUp.pending[name] : undefined
  if (pending === undefined) return ''
  const { attempt, progress, remainingMs, error } = pending
  const below = dependencies[name]?.dependsOn.filter(isPending) ?? []
  const state = attempt === 0 && below.length > 0 ? `waits for ${below.join(', ')}` : (progress ?? 'under way')
  const parts = [withRemaining(state, remainingMs)]
  if (attempt > 1) parts.push(`attempt ${attempt}`)
  if (error !== undefined) parts.push(`last error: ${error}`)
  return parts.join(', ')
}
