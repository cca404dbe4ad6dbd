import type { HealthStatus } from '../health/health-report.ts'
import type { Logger } from '../logger.ts'
import type { Emitter } from './emitter.ts'

const STATES: Readonly<Record<HealthStatus, string>> = { pass: 'passes', warn: 'warns', fail: 'fails' }

/** Writes every event to the log; what each check found is only for those who debug. */
export function logEvents(emitter: Emitter, logger: Logger): void {
  emitter.on('phase', (event) => logger.info(event, `phase ${event.phase}`))
  emitter.on('health', (event) => {
    const level = event.status === 'pass' ? 'info' : event.status === 'fail' && event.critical ? 'error' : 'warn'
    logger[level](event, `${event.dependency} ${STATES[event.status]}`)
  })
  emitter.on('check', (event) => logger.debug(event, `checked ${event.dependency}`))
  emitter.on('warmup', (event) => {
    const { dependency, state, progress, error } = event
    const level = state === 'failed' ? 'warn' : state === 'progress' ? 'debug' : 'info'
    logger[level](event, ['warm-up of', dependency, state, progress ?? error].filter(Boolean).join(' '))
  })
  emitter.on('drain', (event) => logger.info(event, `drain: ${event.step}`))
  emitter.on('stopped', (record) => logger.info(record, 'stopped'))
}
