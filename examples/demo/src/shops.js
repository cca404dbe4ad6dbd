/** The shops there are, by what `--framework` calls them. */
export const SHOPS = {
  express: { title: 'Express', program: programOf('express-shop') },
  fastify: { title: 'Fastify', program: programOf('fastify-shop') },
  koa: { title: 'Koa', program: programOf('koa-shop') },
  'node-http': { title: 'node:http', program: programOf('node-http') },
}

/** @typedef {keyof typeof SHOPS} Framework */

/** @param {string} example */
function programOf(example) {
  return new URL(`../../${example}/src/server.js`, import.meta.url)
}
