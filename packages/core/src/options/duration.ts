/** Milliseconds as a number, or a number with its unit: `'250ms'`, `'5s'`, `'2m'`, `'1h'`. */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h`
