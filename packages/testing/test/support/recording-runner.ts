import type { SuiteOptions } from '../../src/index.ts'

/** A runner that only writes down, so that each test can be run by hand. */
export interface RecordingRunner extends Pick<SuiteOptions, 'describe' | 'test'> {
  readonly bodies: ReadonlyMap<string, () => Promise<void>>
}

export function recordingRunner(): RecordingRunner {
  const bodies = new Map<string, () => Promise<void>>()
  return {
    bodies,
    describe: (_name, body) => body(),
    test: (name, body) => bodies.set(name, body),
  }
}
