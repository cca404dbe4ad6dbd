// Warms up by four steps of a batch, each a moment apart.
import { createLifecycle } from '@tidegate/core'

const lifecycle = createLifecycle({
  service: { name: 'shop' },
  dependencies: [
    {
      name: 'catalog',
      async warmUp({ progress, logger }) {
        for (let done = 1; done <= 8; done++) {
          await new Promise((resolve) => setTimeout(resolve, 150))
          progress(done, 8, 'pages')
          if (done === 4) logger.warn({ page: 4 }, 'half of it')
        }
      },
    },
    { name: 'orders', dependsOn: ['catalog'] },
  ],
})
await lifecycle.start()
await lifecycle.whenReady()
await lifecycle.shutdown()
