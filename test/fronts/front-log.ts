/** What a front end says of the POSTs it has passed on. */
export interface FrontLog {
  readonly posts: number
  /** Tried a second time, because a connection was refused. */
  readonly triedElsewhere: number
  /** The lines of those it did not bring to a good end. */
  readonly failed: readonly string[]
}

interface Patterns {
  readonly post: RegExp
  readonly triedElsewhere: RegExp
  readonly answered: RegExp
}

/** `option httplog`: `… 200 324 - - ---- 2/2/0/0/0 0/0 "POST /7-142 HTTP/1.1"`, where the last 0 of five are the retries. */
const HAPROXY: Patterns = {
  post: /"POST /,
  triedElsewhere: / \d+\/\d+\/\d+\/\d+\/\+?[1-9]\d* \d+\/\d+ "/,
  answered: / 200 \d+ - - ---- /,
}

/** The example's `log_format`: `… "POST /7-142 HTTP/1.1" 200 tried "10.0.0.11:3000, 10.0.0.12:3000" said "502, 200"`. */
const NGINX: Patterns = {
  post: /"POST /,
  triedElsewhere: / tried "[^"]*, /,
  answered: /" 200 tried /,
}

export function readHaproxyLog(log: string): FrontLog {
  return read(log, HAPROXY)
}

export function readNginxLog(log: string): FrontLog {
  return read(log, NGINX)
}

function read(log: string, { post, triedElsewhere, answered }: Patterns): FrontLog {
  const posts = log.split('\n').filter((line) => post.test(line))
  return {
    posts: posts.length,
    triedElsewhere: posts.filter((line) => triedElsewhere.test(line)).length,
    failed: posts.filter((line) => !answered.test(line)),
  }
}
