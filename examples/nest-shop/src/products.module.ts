import { Module } from '@nestjs/common'

import { ProductsController } from './products.controller.ts'
import { ProductsService } from './products.service.ts'
import { ViewsService } from './views.service.ts'

@Module({
  controllers: [ProductsController],
  providers: [ProductsService, ViewsService],
})
export class ProductsModule {}
