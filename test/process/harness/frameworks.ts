/** What `programs/servers/` has a server for. */
export const FRAMEWORKS = ['node-http', 'express', 'koa', 'fastify'] as const
