/** Opens connections into somebody else's pool. */
export interface Opener {
  /** Resolves when one more connection to the origin is open, its TLS handshake included, and waits for its first request. */
  open(origin: URL, signal: AbortSignal): Promise<void>
  /** How many to the origin need not be opened again. */
  countOpen(origin: URL): number
  /** Closes those that nobody has used. */
  discard(): void
  /** The same, for good: leaves the pool as it was. */
  close(): void
}
