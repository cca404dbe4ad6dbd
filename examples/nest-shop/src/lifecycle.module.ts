import { Global, Module } from '@nestjs/common'
import type { OnApplicationShutdown } from '@nestjs/common'
import { Redis } from 'ioredis'
import { Pool } from 'pg'

import { readConfig } from './config.ts'
import type { Config } from './config.ts'
import { createShopLifecycle, LIFECYCLE } from './lifecycle.ts'
import { NestClose } from './nest-close.ts'

const CONFIG = Symbol('config')

const createPool = (config: Config): Pool => new Pool({ connectionString: config.databaseUrl, max: 10, min: 5 })
const createRedis = (config: Config): Redis => new Redis(config.redisUrl, { commandTimeout: 500, lazyConnect: true })

/** What the whole shop is given: the lifecycle, and what it opens and closes. */
@Global()
@Module({
  providers: [
    { provide: CONFIG, useFactory: () => readConfig() },
    { provide: Pool, useFactory: createPool, inject: [CONFIG] },
    { provide: Redis, useFactory: createRedis, inject: [CONFIG] },
    { provide: LIFECYCLE, useFactory: createShopLifecycle, inject: [Pool, Redis, CONFIG] },
    NestClose,
  ],
  exports: [Pool, Redis, LIFECYCLE, NestClose],
})
export class LifecycleModule implements OnApplicationShutdown {
  constructor(private readonly nestClose: NestClose) {}

  // Global modules come last: nobody uses the dependencies any more.
  async onApplicationShutdown(): Promise<void> {
    await this.nestClose.closed()
  }
}
