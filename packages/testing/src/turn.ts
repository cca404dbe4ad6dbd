/** Lets the event loop go round, and whatever waits for that get its turn first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
