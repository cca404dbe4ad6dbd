import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'

import { AppModule } from './app.module.ts'
import { LIFECYCLE } from './lifecycle.ts'
import type { ShopLifecycle } from './lifecycle.ts'
import { NestClose } from './nest-close.ts'

/** Also for tests: `await app.close()` leaves nothing behind. */
export async function createApp(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['warn', 'error', 'fatal'] })
  const lifecycle = app.get<ShopLifecycle>(LIFECYCLE)
  lifecycle.attach(app.getHttpServer())
  // In place of app.enableShutdownHooks(), whose listener would run the hooks of Nest and close the port at the signal.
  app.get(NestClose).of(app)
  return app
}
