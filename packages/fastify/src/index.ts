export { requires } from './requires.ts'
export type { RequiresHook } from './requires.ts'
export { tidegate } from './tidegate.ts'
export type { TidegateOptions } from './tidegate.ts'
