import { Inject, Injectable } from '@nestjs/common'
import type { INestApplication } from '@nestjs/common'
import { closeTogether } from '@tidegate/core'
import type { CloseHooks } from '@tidegate/core'

import { LIFECYCLE } from './lifecycle.ts'
import type { ShopLifecycle } from './lifecycle.ts'

/** Makes one of `app.close()` and the lifecycle's shutdown, whichever is called. */
@Injectable()
export class NestClose implements CloseHooks {
  #hooks: CloseHooks | undefined

  constructor(@Inject(LIFECYCLE) private readonly lifecycle: ShopLifecycle) {}

  /** The app cannot be injected. */
  of(app: INestApplication): void {
    this.#hooks = closeTogether(this.lifecycle, { name: 'Nest', close: () => app.close() })
  }

  async closing(): Promise<void> {
    await this.#hooks?.closing()
  }

  async closed(): Promise<void> {
    await this.#hooks?.closed()
  }
}
