import type { HealthReport } from '../health/health-report.ts'
import type { Emitter } from '../lifecycle/emitter.ts'
import { createJsonLogger, jsonLine, toLogger, writeToStderr } from '../logger.ts'
import type { Logger } from '../logger.ts'
import { drawWarmUp } from './draw-warm-up.ts'
import type { LogStyle } from './log-style.ts'
import { choosePaint } from './paint.ts'
import { prettyLine } from './pretty-line.ts'
import { TerminalFoot } from './terminal-foot.ts'

/** The log of a lifecycle that was given no logger. */
export interface DefaultLog {
  readonly logger: Logger
  /** One event as it is written, without the end of its line. */
  line(level: keyof Logger, fields: object, message: string): string
  /** Draws the warm-up in place; absent where that cannot be. */
  readonly draw?: (emitter: Emitter, report: () => HealthReport) => void
}

/** @param bound is in every line. */
export function createDefaultLog(style: LogStyle, bound: object, env: NodeJS.ProcessEnv): DefaultLog {
  if (style === 'json') {
    return {
      logger: createJsonLogger(bound),
      line: (level, fields, message) => jsonLine(level, bound, fields, message),
    }
  }
  // A dumb one has no way back to what was written.
  const isTerminal = process.stderr.isTTY && env['TERM'] !== 'dumb'
  const paint = choosePaint(env, isTerminal)
  const line: DefaultLog['line'] = (level, fields, message) => prettyLine(level, bound, fields, message, paint)
  const { stderr } = process
  const foot = new TerminalFoot({
    get columns() {
      return stderr.columns
    },
    get rows() {
      return stderr.rows
    },
    write: writeToStderr,
  })
  const logger = toLogger((level, fields, message) => {
    if (level !== 'debug') foot.write(`${line(level, fields, message)}\n`)
  })
  if (!isTerminal) return { logger, line }
  return { logger, line, draw: (emitter, report) => drawWarmUp(emitter, report, foot, paint) }
}
