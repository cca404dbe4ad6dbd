/**
 * The server's clock, as one exchange with it has shown it: when it read its clock is known up to the time between question
 * and answer. Local times are by `performance.now()`.
 */
export interface ServerClock {
  /** No later than it really was. */
  earliest(local: number): number
  /** No earlier than it really was. */
  latest(local: number): number
}

export function createServerClock(serverTime: number, askedAt: number, answeredAt: number): ServerClock {
  return {
    earliest: (local) => Math.floor(serverTime + local - answeredAt),
    latest: (local) => Math.ceil(serverTime + local - askedAt),
  }
}
