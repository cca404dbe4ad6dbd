// Three options that cannot work.
import { createLifecycle } from '@tidegate/core'

createLifecycle({
  dependencies: [{ name: 'catalog', dependsOn: ['postgers'] }],
  // @ts-expect-error: there is no such option.
  shutdown: { gracePeriod: 30, gracePeriode: '30s' },
})
