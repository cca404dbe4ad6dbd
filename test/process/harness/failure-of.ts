/** The code of the error with which something fails; `undefined` when it does not. Never rejects. */
export async function failureOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}
