import type { RequestListener } from 'node:http'

import type { SuiteApp } from '../../src/index.ts'

/** The app of the suite without any framework. */
export function listenerOf({ lifecycle, routes, refuseWith }: SuiteApp): RequestListener {
  const served = routes.map(({ requires, ...route }) => ({
    ...route,
    requirements: requires.map((name) => lifecycle.requires(name)),
  }))
  const serve: (...args: Parameters<RequestListener>) => Promise<void> = async (request, response) => {
    const route = served.find(({ method, path }) => request.method === method.toUpperCase() && request.url === path)
    if (route === undefined) return void response.writeHead(404).end()
    const refusal = route.requirements.map((judge) => judge()).find((answer) => answer !== undefined)
    if (refusal !== undefined) return void response.writeHead(refusal.status, refusal.headers).end(refusal.body)
    const body = await route.handle(request, response)
    if (typeof body === 'string') response.end(body)
    else body?.pipe(response)
  }
  const answer = (...[request, response]: Parameters<RequestListener>): void => {
    serve(request, response).catch(() => response.writeHead(500).end())
  }
  return (request, response) => {
    if (refuseWith !== undefined) return void response.writeHead(refuseWith).end()
    const handled = lifecycle.handle(request, response)
    if (handled === false) return answer(request, response)
    if (handled !== true) void handled.then((answered) => answered || answer(request, response))
  }
}
