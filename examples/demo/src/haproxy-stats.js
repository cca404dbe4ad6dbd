import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * What HAProxy says of its servers, such as `UP`, `UP 1/3` on the way down, `DOWN`.
 *
 * @param {string} socketPath of its `stats socket`
 * @returns {Promise<Map<string, string>>} by the server's name
 */
export async function askHaproxy(socketPath) {
  const socket = connect(socketPath)
  socket.end('show stat\n')
  const [head = '', ...rows] = (await text(socket)).trim().split('\n')
  const columns = head.replace('# ', '').split(',')
  // What may hold a comma comes behind these two.
  const [name, status] = [columns.indexOf('svname'), columns.indexOf('status')]
  return new Map(rows.map((row) => row.split(',')).map((fields) => [fields[name] ?? '', fields[status] ?? '']))
}
