/**
 * Catches what nobody has caught; returns what lets it end the process again. Node brings unhandled rejections here, too,
 * unless `--unhandled-rejections` says otherwise.
 */
export function handleCrashes(onCrash: (error: unknown) => void): () => void {
  const handler = (error: unknown): void => {
    // However the process ends from here on, and whoever ends it.
    process.exitCode = 1
    onCrash(error)
  }
  process.on('uncaughtException', handler)
  return () => process.off('uncaughtException', handler)
}
