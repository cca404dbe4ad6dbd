export type { KoaContext, Middleware } from './middleware.ts'
export { requires } from './requires.ts'
export { tidegate } from './tidegate.ts'
