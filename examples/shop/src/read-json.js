import { HttpError } from './http-error.js'

const MAX_LENGTH = 100_000

/**
 * The body of a request.
 *
 * @param {import('node:stream').Readable} request
 * @returns {Promise<unknown>}
 */
export async function readJson(request) {
  const text = await readText(request).catch(() => {
    throw new HttpError(400, 'the body has not come whole')
  })
  if (text.length > MAX_LENGTH) throw new HttpError(413, `the body is longer than ${MAX_LENGTH} characters`)
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(400, 'the body is not JSON')
  }
}

/** @param {import('node:stream').Readable} request */
async function readText(request) {
  let text = ''
  for await (const part of request.setEncoding('utf8')) {
    // What is too long is read to its end all the same: to leave here would end the connection without an answer.
    if (text.length <= MAX_LENGTH) text += part
  }
  return text
}
