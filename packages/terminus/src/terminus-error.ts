/**
 * What a health check throws to say why: `causes`, when it is truthy, is what the answer shows. Any error may have
 * `causes`, `statusCode` and `statusResponse`; the message is never shown.
 */
export class TerminusError extends Error {
  causes: unknown

  constructor(message: string, causes: unknown) {
    super(message)
    this.causes = causes
  }
}
