import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

const CONTENT = Buffer.alloc(4_096, 'tidegate ')

/** Writes a file to its disk and removes it. Resolves with why that did not work. */
export async function tryWrite(directory: string): Promise<string | undefined> {
  try {
    await write(join(directory, `.tidegate-${process.pid}-${randomUUID()}`))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function write(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    // Before it has content: a process that is killed in between leaves nothing.
    await unlink(path)
    await file.writeFile(CONTENT)
    await file.sync()
  } finally {
    await file.close()
  }
}
