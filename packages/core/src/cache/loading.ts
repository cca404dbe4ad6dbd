/** A load that has begun. */
export interface Loading<Value> {
  readonly value: Promise<Value>
  /** Resolves when it holds nothing any more, which may be long after the value was given up. */
  readonly ended: Promise<unknown>
}
