import { writeSync } from 'node:fs'

const PAUSE_MS = 5
const CELL = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/**
 * Writes a line to stderr before it returns: what comes later is lost with the process. A pipe whose reader does not keep
 * up takes nothing for the moment, and has so many milliseconds to take it.
 */
export function writeNow(line: string, limitMs: number): void {
  const end = performance.now() + limitMs
  try {
    const { fd, writableLength } = process.stderr
    // Half of another line may be out, and the rest of it is lost.
    let rest = Buffer.from(writableLength > 0 ? `\n${line}\n` : `${line}\n`)
    while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest, end))
  } catch {
    // Whoever reads the log is gone, or does not keep up.
  }
}

/** How many bytes were taken, which may be none. Throws when it is no use to try again. */
function writeSome(fd: number, bytes: Uint8Array, end: number): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() >= end) throw error
    Atomics.wait(CELL, 0, 0, PAUSE_MS)
    return 0
  }
}
