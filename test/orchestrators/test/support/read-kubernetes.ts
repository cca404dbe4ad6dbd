import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { IService } from 'kubernetes-models/v1'

import { readExample } from './read-example.ts'

/** What is not there fails where it is read. */
type Complete<Value> = Value extends object
  ? { readonly [Key in keyof Value]-?: Complete<NonNullable<Value[Key]>> }
  : Value

export interface KubernetesExample {
  readonly deployment: Complete<IDeployment>
  readonly ingress: Complete<IIngress>
  readonly 'pod-disruption-budget': Complete<IPodDisruptionBudget>
  readonly service: Complete<IService>
}

/** The manifests of `examples/kubernetes`, by the names of their files. */
export function readKubernetes(): KubernetesExample {
  return readExample('kubernetes') as unknown as KubernetesExample
}
