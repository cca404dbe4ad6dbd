import { markOwn } from './other-listeners.ts'

/**
 * Catches what nobody has caught; returns what lets it end the process again. Node brings unhandled rejections here, too,
 * unless somebody listens to those, or `--unhandled-rejections` says otherwise. Ahead of everybody else's: most of them only
 * report, and one that exits at once would leave nobody to say what it has cut.
 */
export function handleCrashes(onCrash: (error: unknown) => void): () => void {
  const handler = markOwn((error: unknown): void => {
    // However the process ends from here on, and whoever ends it.
    process.exitCode = 1
    onCrash(error)
  })
  process.prependListener('uncaughtException', handler)
  return () => process.off('uncaughtException', handler)
}
