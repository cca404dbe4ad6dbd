// An alias of the oldest Fastify 5: its types are those of the newest as far as tests use them.
declare module 'fastify-oldest' {
  export { fastify } from 'fastify'
}
