import { Injectable } from '@nestjs/common'
import { Pool } from 'pg'

export interface Product {
  readonly id: number
  readonly name: string
}

@Injectable()
export class ProductsService {
  constructor(private readonly pool: Pool) {}

  async list(): Promise<Product[]> {
    const { rows } = await this.pool.query<Product>('SELECT id, name FROM products ORDER BY id')
    return rows
  }

  async find(id: number): Promise<Product | undefined> {
    const { rows } = await this.pool.query<Product>('SELECT id, name FROM products WHERE id = $1', [id])
    return rows[0]
  }

  async inStock(id: number): Promise<number> {
    // pg_sleep stands for a slow supplier, who is still being asked when SIGTERM comes.
    const { rows } = await this.pool.query<{ count: number }>('SELECT $1 % 10 AS count FROM pg_sleep(1.5)', [id])
    return rows[0]?.count ?? 0
  }
}
