// An alias of Express 4: its types are those of Express 5 as far as tests use them.
declare module 'express4' {
  export { default } from 'express'
}
