import { Deployment } from 'kubernetes-models/apps/v1'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'

const MODELS = [Deployment, Ingress, PodDisruptionBudget, Service]

/** What the schema of the Kubernetes API has against a manifest. Fields it does not know are faults, as for `kubectl`. */
export function manifestFaults(manifest: unknown): string[] {
  const { apiVersion, kind } = manifest as { apiVersion: string; kind: string }
  const model = MODELS.find((each) => each.apiVersion === apiVersion && each.kind === kind)
  if (model === undefined) return [`there is no ${kind} in ${apiVersion}`]

  const asked = new Set<string>()
  const watched = watch(manifest as object, '', asked)
  const faults: string[] = []
  try {
    model.prototype.validate.call(watched)
  } catch (error) {
    faults.push((error as Error).message)
  }
  for (const path of pathsOf(manifest)) if (!asked.has(path)) faults.push(`${path} is unknown`)
  return faults
}

/** The schemas are compiled and forbid no field. But they ask for every field they know: what was not asked for is unknown. */
function watch<Value>(value: Value, path: string, asked: Set<string>): Value {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get(target, key) {
      const inner = `${path}/${String(key)}`
      asked.add(inner)
      return watch<unknown>(Reflect.get(target, key), inner, asked)
    },
  })
}

function* pathsOf(value: unknown, path = ''): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield `${path}/${key}`
    yield* pathsOf(inner, `${path}/${key}`)
  }
}
