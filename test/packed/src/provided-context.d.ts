import type { PackedPackage } from './read-tarball.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the project that all packages are installed in. */
    consumer: string
    packages: PackedPackage[]
  }
}
