import { readExample } from './read-example.ts'

interface Resource<Properties> {
  readonly Properties: Properties
}
interface Attribute {
  readonly Key: string
  readonly Value: string
}

export interface TargetGroup {
  readonly Port: number
  readonly HealthCheckPath: string
  readonly HealthCheckIntervalSeconds: number
  readonly HealthCheckTimeoutSeconds: number
  readonly UnhealthyThresholdCount: number
  readonly Matcher: { readonly HttpCode: string }
  readonly TargetGroupAttributes: readonly Attribute[]
}

export interface ContainerDefinition {
  readonly Name: string
  readonly EntryPoint: readonly string[]
  readonly Command: readonly string[]
  readonly Environment: readonly { readonly Name: string; readonly Value: string }[]
  readonly Secrets: readonly { readonly Name: string; readonly ValueFrom: { readonly Ref: string } }[]
  readonly PortMappings: readonly { readonly ContainerPort: number }[]
  readonly Essential: boolean
  readonly StopTimeout: number
}

export interface EcsService {
  readonly HealthCheckGracePeriodSeconds: number
  readonly DeploymentConfiguration: { readonly MinimumHealthyPercent: number; readonly MaximumPercent: number }
  readonly LoadBalancers: readonly { readonly ContainerName: string; readonly ContainerPort: number }[]
}

/** What the tests read of it. */
export interface Template {
  readonly Resources: {
    readonly LoadBalancer: Resource<{ readonly LoadBalancerAttributes: readonly Attribute[] }>
    readonly TargetGroup: Resource<TargetGroup>
    readonly TaskDefinition: Resource<{ readonly ContainerDefinitions: readonly ContainerDefinition[] }>
    readonly Service: Resource<EcsService>
  }
}

/** The template of `examples/aws-alb`. */
export function readAws(): Template {
  return readExample('aws-alb')['template'] as Template
}
