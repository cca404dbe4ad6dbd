import { readConfig } from './config.ts'
import { createApp } from './create-app.ts'
import { LIFECYCLE } from './lifecycle.ts'
import type { ShopLifecycle } from './lifecycle.ts'

const app = await createApp()
// The lifecycle starts when the port opens: it warms up behind it, and handles SIGTERM.
await app.listen(readConfig().port)
const { logger } = app.get<ShopLifecycle>(LIFECYCLE)
logger.info({ address: app.getHttpServer().address() }, 'listening')
