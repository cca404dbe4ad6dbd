import { Inject, Injectable } from '@nestjs/common'
import type { OnModuleDestroy } from '@nestjs/common'
import { Redis } from 'ioredis'
import { Pool } from 'pg'

import { LIFECYCLE } from './lifecycle.ts'
import type { ShopLifecycle } from './lifecycle.ts'

const POPULAR = 'popular'

/** Who looks at what: kept in memory, and written to PostgreSQL by the hook that Nest has for such things. */
@Injectable()
export class ViewsService implements OnModuleDestroy {
  readonly #unwritten = new Map<number, number>()

  constructor(
    private readonly pool: Pool,
    private readonly client: Redis,
    @Inject(LIFECYCLE) private readonly lifecycle: ShopLifecycle,
  ) {}

  count(id: number): void {
    this.#unwritten.set(id, (this.#unwritten.get(id) ?? 0) + 1)
    // Worth having, not worth a request.
    this.client.zincrby(POPULAR, 1, String(id)).catch(() => {})
  }

  async popular(): Promise<number[]> {
    const ids = await this.client.zrevrange(POPULAR, 0, 9)
    return ids.map(Number)
  }

  async onModuleDestroy(): Promise<void> {
    if (this.#unwritten.size === 0) return
    const ids = [...this.#unwritten.keys()]
    const counts = [...this.#unwritten.values()]
    await this.pool.query(
      `UPDATE products SET views = views + seen.count
       FROM unnest($1::int[], $2::int[]) AS seen (id, count)
       WHERE products.id = seen.id`,
      [ids, counts],
    )
    this.lifecycle.logger.info({ products: ids.length }, 'views written')
  }
}
