export { outlier } from './outlier.ts'
export type { OutlierOptions } from './outlier-options.ts'
export { overload } from './overload.ts'
export type { Limits, OverloadOptions } from './overload-options.ts'
