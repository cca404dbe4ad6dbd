/** Longer ones may hold what a client put there to fill the log. */
const LONGEST = 80

/** `GET /path`, without the query, which may hold secrets. */
export function describeRoute(method = 'GET', url = '/'): string {
  return `${method} ${url.split('?', 1)[0]}`.slice(0, LONGEST)
}
