import { beforeAll, describe, expect, it } from 'vitest'

import { expectAlbToCloseFirst, expectAlbToLetRequestsEnd, expectAlbToNotice } from './support/alb.ts'
import { answersOfALife } from './support/answers-of-a-life.ts'
import { expectPlanToFill } from './support/expect-plan-to-fill.ts'
import { manifestFaults } from './support/manifest-faults.ts'
import { only } from './support/only.ts'
import { planted } from './support/planted.ts'
import { readKubernetes } from './support/read-kubernetes.ts'
import { rehearse } from './support/rehearse.ts'
import type { Rehearsal } from './support/rehearse.ts'
import { warmUpAttempts } from './support/warm-up-attempts.ts'

const example = readKubernetes()
const { deployment, ingress, service, 'pod-disruption-budget': budget } = example
const { template, replicas, strategy } = deployment.spec
const container = only(template.spec.containers)
const { startupProbe, readinessProbe, livenessProbe } = container

const alb = (name: string): string => ingress.metadata.annotations[`alb.ingress.kubernetes.io/${name}`] ?? ''
const PATHS = {
  startup: startupProbe.httpGet.path,
  live: livenessProbe.httpGet.path,
  ready: readinessProbe.httpGet.path,
  health: alb('healthcheck-path'),
}

describe('the schema of the Kubernetes API', () => {
  it.each(Object.entries(example))('accepts %s.yaml', (_name, manifest) => {
    expect(manifestFaults(manifest)).toEqual([])
  })

  const spec = ['spec', 'template', 'spec']
  it.each([
    ['a misspelt field', [...spec, 'containers', 0, 'livenessProbe', 'periodSecond'], 10, /periodSecond is unknown$/],
    ['a field in the wrong place', ['spec', 'terminationGracePeriodSeconds'], 30, /GracePeriodSeconds is unknown$/],
    ['a duration for a number', [...spec, 'terminationGracePeriodSeconds'], '30s', /must be integer/],
    ['a container without a name', [...spec, 'containers', 0, 'name'], undefined, /must have required property name$/],
    ['a version that has no deployments', ['apiVersion'], 'v1', /there is no Deployment in v1/],
  ])('refuses %s', (_what, path, value, fault) => {
    expect(manifestFaults(planted(deployment, path, value))).toContainEqual(expect.stringMatching(fault))
  })
})

describe('the pod', () => {
  let rehearsal: Rehearsal

  beforeAll(async () => {
    const stores = { 'database-url': 'postgres', 'redis-url': 'redis' } as const
    const fixed = container.env.filter(({ value }) => value !== undefined)
    const secret = container.env.filter(({ valueFrom }) => valueFrom !== undefined)
    rehearsal = await rehearse(
      {
        command: container.command,
        env: {
          KUBERNETES_SERVICE_HOST: '10.0.0.1',
          ...Object.fromEntries(fixed.map(({ name, value }) => [name, value])),
        },
        addresses: Object.fromEntries(
          secret.map(({ name, valueFrom }) => [name, stores[valueFrom.secretKeyRef.key as keyof typeof stores]]),
        ),
      },
      PATHS,
    )
  })

  it('is given the time that the shop plans with, from the signal on', () => {
    const seconds = template.spec.terminationGracePeriodSeconds
    expect(container.env).toContainEqual({ name: 'GRACE_PERIOD', value: `${seconds}s` })
    expectPlanToFill(seconds, rehearsal)
    expect(container).not.toHaveProperty('lifecycle')
    expect(rehearsal.exitCode).toBe(0)
  })

  it('is asked for readiness often enough to be taken out of the Service before its port closes', () => {
    expect(untilNoticed(readinessProbe)).toBeLessThanOrEqual(rehearsal.record.lameDuck.plannedMs)
  })

  it('is taken out of the Service long before it is restarted for not answering', () => {
    expect(untilNoticed(livenessProbe)).toBeGreaterThan(3 * untilNoticed(readinessProbe))
  })

  it('has the time for a second attempt to warm up', async () => {
    const patience = 1_000 * startupProbe.periodSeconds * startupProbe.failureThreshold
    expect(await warmUpAttempts(patience)).toBeGreaterThanOrEqual(2)
  })

  it('is asked on paths that tell what each probe is for', async () => {
    const { well, failing, held } = await answersOfALife(PATHS)
    const { warming, leaving } = rehearsal
    const probes = { phase: expect.any(String) }
    const yes = { ...probes, status: 200 }
    const no = { ...probes, status: 503 }
    expect(warming).toMatchObject({ startup: no, live: yes, ready: no, health: no })
    expect(well).toMatchObject({ startup: yes, live: yes, ready: yes, health: yes })
    expect(failing).toMatchObject({ startup: yes, live: yes, ready: yes, health: no })
    expect(held).toMatchObject({ startup: yes, live: yes, ready: no, health: no })
    expect(leaving).toMatchObject({ live: yes, ready: no, health: no })
  })

  it('is reached on the port that the shop opens', () => {
    const port = only(container.ports)
    const front = only(service.spec.ports)
    expect(container.env).toContainEqual({ name: 'PORT', value: String(port.containerPort) })
    expect(front.targetPort).toBe(port.name)
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) expect(httpGet.port).toBe(port.name)
    const { backend } = only(only(ingress.spec.rules).http.paths)
    expect(backend.service).toEqual({ name: service.metadata.name, port: { name: front.name } })
  })

  it('is found by everything that selects it', () => {
    const { labels } = template.metadata
    const spread = only(template.spec.topologySpreadConstraints)
    const selectors = [deployment.spec.selector, budget.spec.selector, spread.labelSelector]
    for (const { matchLabels } of selectors) expect(labels).toMatchObject(matchLabels)
    expect(labels).toMatchObject(service.spec.selector)
  })

  it('goes when its successor is ready, and never so that too few are left', () => {
    expect(strategy).toMatchObject({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } })
    expect(budget.spec.minAvailable).toBe(replicas - 1)
  })

  describe('behind the ALB', () => {
    const numbers = {
      interval: Number(alb('healthcheck-interval-seconds')),
      timeout: Number(alb('healthcheck-timeout-seconds')),
      unhealthyThreshold: Number(alb('unhealthy-threshold-count')),
      deregistrationDelay: attribute('target-group-attributes', 'deregistration_delay.timeout_seconds'),
      idleTimeout: attribute('load-balancer-attributes', 'idle_timeout.timeout_seconds'),
    }

    it('is left alone before its port closes', () => {
      expectAlbToNotice(numbers, rehearsal)
    })

    it('may answer everything that it has begun', () => {
      expectAlbToLetRequestsEnd(numbers, rehearsal)
    })

    it('keeps connections for longer than the ALB', () => {
      expectAlbToCloseFirst(numbers, rehearsal)
    })
  })
})

/** Milliseconds until the kubelet acts, at the latest. */
function untilNoticed({ periodSeconds, failureThreshold, timeoutSeconds }: typeof readinessProbe): number {
  return 1_000 * (periodSeconds * failureThreshold + timeoutSeconds)
}

function attribute(annotation: string, key: string): number {
  const pairs = alb(annotation)
    .split(',')
    .map((pair) => pair.split('='))
  return Number(Object.fromEntries(pairs)[key])
}
