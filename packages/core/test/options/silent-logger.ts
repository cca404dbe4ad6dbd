import type { Logger } from '../../src/logger.ts'

const silent = (): void => {}

export const silentLogger: Logger = { debug: silent, info: silent, warn: silent, error: silent }
