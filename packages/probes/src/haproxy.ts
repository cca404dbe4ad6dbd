export { haproxyAgent } from './haproxy/haproxy-agent.ts'
export type { HaproxyAgent } from './haproxy/haproxy-agent.ts'
export type { HaproxyAgentOptions } from './haproxy/haproxy-agent-options.ts'
