/**
 * A server that the environment names. It belongs to somebody: it can be used, but neither frozen nor ended.
 *
 * @template Connection
 * @param {string} variable the environment variable that names it
 * @param {string} url
 * @param {Connection} connection
 * @returns {import('./service.js').Service<Connection>}
 */
export function externalService(variable, url, connection) {
  const refuse = (/** @type {string} */ method) => async () => {
    throw new Error(`${method}() is not for the server that ${variable} names: unset ${variable} to get a private one`)
  }
  return {
    url,
    connection,
    external: true,
    freeze: refuse('freeze'),
    thaw: refuse('thaw'),
    stop: refuse('stop'),
    kill: refuse('kill'),
    start: refuse('start'),
    restart: refuse('restart'),
    close: async () => {},
  }
}
