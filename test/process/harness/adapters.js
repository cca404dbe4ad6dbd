/** What `programs/app.js` can be served by. */
export const ADAPTERS = /** @type {const} */ (['node:http', 'Express', 'Fastify'])
