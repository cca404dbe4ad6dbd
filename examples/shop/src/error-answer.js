/**
 * Tells the client what is its own doing (or what an `HttpError` says), and the log the rest.
 *
 * @param {any} error thrown by a route or by the framework
 * @param {import('@tidegate/core').Logger} logger
 * @returns {{ status: number, body: { error: string } }}
 */
export function toErrorAnswer(error, logger) {
  const { status = error.statusCode ?? 500, message, stack } = error
  if (status !== 500) return { status, body: { error: message } }
  logger.error({ stack }, 'a request failed')
  return { status, body: { error: 'something went wrong' } }
}
