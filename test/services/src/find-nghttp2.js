import { findProgram } from './find-program.js'

const PACKAGE = { debian: 'nghttp2-client', homebrew: 'nghttp2' }

/**
 * The paths of nghttp2's clients: `nghttp`, which tells every frame, and `h2load`, which sends many requests at once. They
 * are installed first where they are missing: see `findProgram`.
 *
 * @returns {Promise<{ nghttp: string, h2load: string }>}
 */
export async function findNghttp2() {
  return { nghttp: await findProgram('nghttp', PACKAGE), h2load: await findProgram('h2load', PACKAGE) }
}
