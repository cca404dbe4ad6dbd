import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** One request, as it stood when the call that delivered it had just returned. */
export interface Delivery {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly status: number
  /** The response had ended by then. */
  readonly ended: boolean
}

/** Watches every request from outside of whatever has taken charge of the server so far. */
export function recordAnswers(server: Server): Delivery[] {
  const deliveries: Delivery[] = []
  const deliver = server.emit as (event: string, ...values: unknown[]) => boolean
  server.emit = (event: string, ...values: unknown[]): boolean => {
    const heard = deliver.call(server, event, ...values)
    if (event === 'request') {
      const [{ method, url }, response] = values as [IncomingMessage, ServerResponse]
      deliveries.push({ method, url, status: response.statusCode, ended: response.writableEnded })
    }
    return heard
  }
  return deliveries
}
