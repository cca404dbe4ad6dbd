import type { Redis } from 'ioredis'

/** Scripts by their names, as the `scripts` option of ioredis takes them; a plain text is a script, too. */
export type RedisScripts = Readonly<Record<string, string | { readonly lua: string }>>

export interface RedisScript {
  readonly name: string
  readonly lua: string
}

export function listScripts(scripts: RedisScripts = {}): readonly RedisScript[] {
  return Object.entries(scripts).map(([name, script]) => ({
    name,
    lua: typeof script === 'string' ? script : script.lua,
  }))
}

export function areScripts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((script: unknown) => {
    const lua: unknown = typeof script === 'object' && script !== null ? Reflect.get(script, 'lua') : script
    return typeof lua === 'string' && lua !== ''
  })
}

export async function loadScript(redis: Redis, { lua }: RedisScript): Promise<void> {
  await redis.script('LOAD', lua)
}
