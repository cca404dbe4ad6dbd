export type { PageOptions } from './page-options.ts'
export { showPage } from './show-page.ts'
