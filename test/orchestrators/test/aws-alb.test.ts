import { beforeAll, describe, expect, it } from 'vitest'

import { expectAlbToCloseFirst, expectAlbToLetRequestsEnd, expectAlbToNotice } from './support/alb.ts'
import { answersOfALife } from './support/answers-of-a-life.ts'
import { expectPlanToFill } from './support/expect-plan-to-fill.ts'
import { only } from './support/only.ts'
import { planted } from './support/planted.ts'
import { readAws } from './support/read-aws.ts'
import { rehearse } from './support/rehearse.ts'
import type { Rehearsal } from './support/rehearse.ts'
import { templateFaults } from './support/template-faults.ts'
import { warmUpAttempts } from './support/warm-up-attempts.ts'

/** Seconds from a Spot interruption to its end. */
const SPOT_NOTICE = 120
/** Seconds. */
const LONGEST_STOP_ON_FARGATE = 120

const template = readAws()
const { LoadBalancer, TargetGroup, TaskDefinition, Service } = template.Resources
const target = TargetGroup.Properties
const service = Service.Properties
const container = only(TaskDefinition.Properties.ContainerDefinitions)

describe("CloudFormation's specification", () => {
  it('accepts the template', () => {
    expect(templateFaults(template)).toEqual([])
  })

  const targetGroup = ['Resources', 'TargetGroup', 'Properties']
  const task = ['Resources', 'TaskDefinition', 'Properties', 'ContainerDefinitions', 0]
  it.each([
    ['a misspelt field', [...targetGroup, 'HealthCheckIntervalSecond'], 5, /IntervalSecond is unknown$/],
    ['a misspelt field deep inside', [...task, 'StopTimeoutSeconds'], 30, /StopTimeoutSeconds is unknown$/],
    ['a duration for a number', [...task, 'StopTimeout'], '30s', /StopTimeout must be an integer$/],
    ['a container without a name', [...task, 'Name'], undefined, /\.Name is missing$/],
    [
      'a launch type that is none',
      ['Resources', 'Service', 'Properties', 'LaunchType'],
      'fargate',
      /must be one of EC2/,
    ],
    ['a reference to nothing', [...targetGroup, 'VpcId'], { Ref: 'Network' }, /^there is no Network$/],
    [
      'a resource that is none',
      ['Resources', 'TargetGroup', 'Type'],
      'AWS::ECS::TargetGroup',
      /there is no AWS::ECS::Ta/,
    ],
    ['a section that is none', ['Resource'], {}, /Resource is unknown$/],
  ])('refuses %s', (_what, path, value, fault) => {
    expect(templateFaults(planted(template, path, value))).toContainEqual(expect.stringMatching(fault))
  })
})

describe('the task', () => {
  let rehearsal: Rehearsal

  beforeAll(async () => {
    const stores = { DatabaseUrl: 'postgres', RedisUrl: 'redis' } as const
    rehearsal = await rehearse(
      {
        command: [...container.EntryPoint, ...container.Command],
        env: {
          ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4',
          ...Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, Value])),
        },
        addresses: Object.fromEntries(
          container.Secrets.map(({ Name, ValueFrom }) => [Name, stores[ValueFrom.Ref as keyof typeof stores]]),
        ),
      },
      { health: target.HealthCheckPath },
    )
  })

  it('is given the time that the shop plans with, and no more than Fargate gives', () => {
    expect(container.Environment).toContainEqual({ Name: 'GRACE_PERIOD', Value: `${container.StopTimeout}s` })
    expectPlanToFill(container.StopTimeout, rehearsal)
    expect(container.StopTimeout).toBeLessThanOrEqual(LONGEST_STOP_ON_FARGATE)
    expect(rehearsal.exitCode).toBe(0)
  })

  it('has the time for a second attempt to warm up', async () => {
    expect(await warmUpAttempts(1_000 * service.HealthCheckGracePeriodSeconds)).toBeGreaterThanOrEqual(2)
  })

  it('is asked on the path that tells whether it should get requests', async () => {
    const { well, failing, held } = await answersOfALife({ health: target.HealthCheckPath })
    const { warming, leaving } = rehearsal
    expect(well).toMatchObject({ health: { status: Number(target.Matcher.HttpCode), phase: 'ready' } })
    for (const answers of [failing, held]) expect(answers).toMatchObject({ health: { status: 503, phase: 'ready' } })
    expect(warming).toMatchObject({ health: { status: 503, phase: 'warming' } })
    expect(leaving).toMatchObject({ health: { status: 503, phase: 'draining' } })
  })

  it('is reached on the port that the shop opens', () => {
    const { ContainerPort } = only(container.PortMappings)
    expect(container.Environment).toContainEqual({ Name: 'PORT', Value: String(ContainerPort) })
    expect(target.Port).toBe(ContainerPort)
    expect(only(service.LoadBalancers)).toMatchObject({ ContainerName: container.Name, ContainerPort })
  })

  it('ends with its container, and goes when its successor is healthy', () => {
    expect(container.Essential).toBe(true)
    expect(container).not.toHaveProperty('HealthCheck')
    expect(service.DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 100, MaximumPercent: 200 })
  })

  describe('behind the ALB', () => {
    const numbers = {
      interval: target.HealthCheckIntervalSeconds,
      timeout: target.HealthCheckTimeoutSeconds,
      unhealthyThreshold: target.UnhealthyThresholdCount,
      deregistrationDelay: valueOf(target.TargetGroupAttributes, 'deregistration_delay.timeout_seconds'),
      idleTimeout: valueOf(LoadBalancer.Properties.LoadBalancerAttributes, 'idle_timeout.timeout_seconds'),
    }

    it('is left alone before its port closes', () => {
      expectAlbToNotice(numbers, rehearsal)
    })

    it('may answer everything that it has begun', () => {
      expectAlbToLetRequestsEnd(numbers, rehearsal)
      expect(numbers.deregistrationDelay).toBeLessThan(SPOT_NOTICE)
    })

    it('keeps connections for longer than the ALB', () => {
      expectAlbToCloseFirst(numbers, rehearsal)
    })
  })
})

function valueOf(attributes: readonly { readonly Key: string; readonly Value: string }[], key: string): number {
  return Number(attributes.find(({ Key }) => Key === key)?.Value)
}
