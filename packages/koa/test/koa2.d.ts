// An alias of Koa 2: its types are those of Koa 3 as far as tests use them.
declare module 'koa2' {
  export { default } from 'koa'
}
