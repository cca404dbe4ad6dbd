/** @typedef {import('./shop.js').Shop} Shop */
/** @typedef {import('./shop.js').ShopLifecycle} ShopLifecycle */

export { config } from './config.js'
export { toErrorAnswer } from './error-answer.js'
export { HttpError } from './http-error.js'
export { readJson } from './read-json.js'
export { createShop } from './shop.js'
export { createStores } from './stores.js'
