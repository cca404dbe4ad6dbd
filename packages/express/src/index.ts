export { requires } from './requires.ts'
export { tidegate } from './tidegate.ts'
