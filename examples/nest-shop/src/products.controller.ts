import { Controller, Get, NotFoundException, Param, ParseIntPipe } from '@nestjs/common'

import { ProductsService } from './products.service.ts'
import type { Product } from './products.service.ts'
import { Requires } from './requires.ts'
import { ViewsService } from './views.service.ts'

@Controller('products')
export class ProductsController {
  constructor(
    private readonly products: ProductsService,
    private readonly views: ViewsService,
  ) {}

  @Get()
  async list(): Promise<Product[]> {
    return this.products.list()
  }

  // While Redis is failing it is answered 503 without being called; every other route goes on.
  @Get('popular')
  @Requires('redis')
  async popular(): Promise<number[]> {
    return this.views.popular()
  }

  @Get(':id')
  async find(@Param('id', ParseIntPipe) id: number): Promise<Product> {
    const product = await this.products.find(id)
    if (product === undefined) throw new NotFoundException()
    this.views.count(id)
    return product
  }

  @Get(':id/stock')
  async stock(@Param('id', ParseIntPipe) id: number): Promise<{ inStock: number }> {
    const inStock = await this.products.inStock(id)
    this.views.count(id)
    return { inStock }
  }
}
