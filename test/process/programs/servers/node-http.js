import { createServer } from 'node:http'

/** @type {import('../../harness/handler.ts').Serve} */
export async function serve(lifecycle, handle) {
  const server = createServer((request, response) => {
    void handle(request, response).then((body) => {
      if (typeof body === 'string') response.end(body)
      else body?.pipe(response)
    })
  })
  return lifecycle.listen(server, 0, '127.0.0.1')
}
