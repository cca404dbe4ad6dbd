import { Module } from '@nestjs/common'
import type { OnModuleDestroy } from '@nestjs/common'

import { LifecycleModule } from './lifecycle.module.ts'
import { NestClose } from './nest-close.ts'
import { ProductsModule } from './products.module.ts'

/** Holds modules and nothing else, so that its hook comes before all others. */
@Module({ imports: [LifecycleModule, ProductsModule] })
export class AppModule implements OnModuleDestroy {
  constructor(private readonly nestClose: NestClose) {}

  // Nest destroys from the root inwards: what is destroyed next is still in use until the drain is over.
  async onModuleDestroy(): Promise<void> {
    await this.nestClose.closing()
  }
}
