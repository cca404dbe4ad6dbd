// oxlint-disable typescript/no-explicit-any -- what @godaddy/terminus calls any has to stay it: code written for it would not compile
/**
 * What a health check throws to say why: `causes`, when it is truthy, is what the answer shows. Any error may have
 * `causes`, `statusCode` and `statusResponse`; the message is never shown.
 */
export class TerminusError extends Error {
  causes: any

  constructor(message: string, causes: any) {
    super(message)
    this.causes = causes
  }
}
