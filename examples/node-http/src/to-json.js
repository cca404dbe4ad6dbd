/**
 * @param {number} status
 * @param {unknown} value
 * @returns {import('@tidegate/core').HttpAnswer}
 */
export function toJson(status, value) {
  const body = JSON.stringify(value)
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  return { status, headers, body }
}
