import { readFile } from 'node:fs/promises'

/** How the examples write a server; HAProxy's have a name before it. */
const SERVER = /^ *server .*10\.0\.0\.\d+:3000/
const NAME = 'shop-1'
const ADDRESS = '10.0.0.11:3000'

/**
 * A front end's example with other addresses in it, so that what users copy is what is tested.
 *
 * @param {string} example its path, from `examples` on
 * @param {Record<string, number>} servers the ports of 127.0.0.1 to send requests to, by name
 * @param {Record<string, string>} changes what is to stand there for what, which has to be there once
 */
export async function fillIn(example, servers, changes) {
  let text = await readFile(new URL(`../../../examples/${example}`, import.meta.url), 'utf8')
  for (const [from, to] of Object.entries(changes)) {
    const parts = text.split(from)
    if (parts.length !== 2)
      throw new Error(`${JSON.stringify(from)} is in examples/${example} ${parts.length - 1} times`)
    text = parts.join(to)
  }
  const lines = text.split('\n')
  const first = lines.findIndex((line) => SERVER.test(line))
  return lines
    .flatMap((line, index) => {
      if (!SERVER.test(line)) return [line]
      if (index !== first) return []
      return Object.entries(servers).map(([name, port]) =>
        line.replace(NAME, name).replace(ADDRESS, `127.0.0.1:${port}`),
      )
    })
    .join('\n')
}
