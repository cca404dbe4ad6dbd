/** A promise whose state can be looked at while it is pending. */
export interface Followed {
  readonly state: 'pending' | 'fulfilled' | 'rejected'
  /** Why it was rejected. */
  readonly reason: unknown
  /** Never rejects. */
  readonly settled: Promise<void>
}

/** Takes charge of a promise, also of its rejection. */
export function follow(promise: Promise<unknown>): Followed {
  const followed = {
    state: 'pending' as Followed['state'],
    reason: undefined as unknown,
    settled: promise.then(
      () => {
        followed.state = 'fulfilled'
      },
      (reason: unknown) => {
        followed.state = 'rejected'
        followed.reason = reason
      },
    ),
  }
  return followed
}
