import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'

/** Calls what the application has given, which must not end the process by failing. */
export function callLeave(leave: () => unknown, logger: Logger): void {
  const complain = (error: unknown): void => {
    logger.error({ error: failureMessage(error) }, 'what was to end a long-lived connection failed')
  }
  try {
    Promise.resolve(leave()).catch(complain)
  } catch (error) {
    complain(error)
  }
}
