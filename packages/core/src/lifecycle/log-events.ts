import type { HealthStatus } from '../health/health-report.ts'
import type { Logger } from '../logger.ts'
import { Quarters } from '../logging/quarters.ts'
import { withRemaining } from '../warm-up/progress.ts'
import type { Emitter } from './emitter.ts'
import type { LifecycleEvents } from './events.ts'

const STATES: Readonly<Record<HealthStatus, string>> = { pass: 'passes', warn: 'warns', fail: 'fails' }

const FLEET: Readonly<Record<LifecycleEvents['fleet']['state'], string>> = {
  vote: 'the fleet has a vote',
  'no-vote': 'the fleet has no vote: nobody is taken out by it',
  out: 'out of rotation by the verdict of the fleet',
  back: 'back in rotation by the verdict of the fleet',
}

/**
 * Writes every event to the log; what each check found, each step of progress, and what follows from other
 * events, is only for those who debug.
 *
 * @param isDrawn whether the warm-up is drawn as it goes: then its quarters need not be told.
 */
export function logEvents(emitter: Emitter, logger: Logger, isDrawn: boolean): void {
  const quarters = new Quarters()
  emitter.on('phase', (event) => logger.info(event, `phase ${event.phase}`))
  emitter.on('readiness', (event) =>
    logger.debug(event, event.ready ? 'ready' : `not ready: ${event.reasons.join(', ')}`),
  )
  emitter.on('health', (event) => {
    const level = event.status === 'pass' ? 'info' : event.status === 'fail' && event.critical ? 'error' : 'warn'
    logger[level](event, `${event.dependency} ${STATES[event.status]}`)
  })
  emitter.on('check', (event) => logger.debug(event, `checked ${event.dependency}`))
  emitter.on('warmup', (event) => {
    const { dependency, again, state, progress, error, remainingMs } = event
    const hasPassed = !isDrawn && !again && quarters.hasPassed(event)
    const level = state === 'failed' ? 'warn' : state === 'progress' && !hasPassed ? 'debug' : 'info'
    const told = ['warm-up of', dependency, again && 'again', state, progress ?? error].filter(Boolean).join(' ')
    logger[level](event, withRemaining(told, remainingMs))
  })
  emitter.on('fleet', (event) => {
    const level = event.state === 'vote' || event.state === 'back' ? 'info' : 'warn'
    logger[level](event, [FLEET[event.state], event.reason].filter(Boolean).join(': '))
  })
  emitter.on('drain', (event) => logger.info(event, `drain: ${event.step}`))
  emitter.on('stopped', (record) => logger.info(record, 'stopped'))
}
