import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types'

type Fields = Readonly<Record<string, unknown>>

const SECTIONS = ['AWSTemplateFormatVersion', 'Description', 'Parameters', 'Resources']
const RESOURCE_FIELDS = ['Type', 'DependsOn', 'Properties']

const specification = loadAwsServiceSpecSync()

/** What CloudFormation's own specification of its resources has against a template. */
export function templateFaults(template: unknown): string[] {
  const { Parameters, Resources } = template as Record<'Parameters' | 'Resources', Fields>
  const names = [...Object.keys(Parameters), ...Object.keys(Resources)]
  return [
    ...unknownFields('', template as Fields, SECTIONS),
    ...Object.entries(Resources).flatMap(([name, resource]) => resourceFaults(name, resource as Fields)),
    ...references(template)
      .filter((name) => !names.includes(name) && !name.startsWith('AWS::'))
      .map((name) => `there is no ${name}`),
  ]
}

function resourceFaults(at: string, resource: Fields): string[] {
  const type = specification.lookup('resource', 'cloudFormationType', 'equals', resource['Type'] as string)[0]
  if (type === undefined) return [`${at}: there is no ${String(resource['Type'])}`]
  return [
    ...unknownFields(at, resource, RESOURCE_FIELDS),
    ...propertiesFaults(at, resource['Properties'], type.properties),
  ]
}

function propertiesFaults(at: string, value: unknown, properties: ResourceProperties): string[] {
  if (!isObject(value)) return [`${at} must be an object`]
  return [
    ...unknownFields(at, value, Object.keys(properties)),
    ...Object.entries(properties).flatMap(([name, { required, type }]) => {
      if (name in value) return valueFaults(`${at}.${name}`, value[name], type)
      return required === true ? [`${at}.${name} is missing`] : []
    }),
  ]
}

function valueFaults(at: string, value: unknown, type: PropertyType): string[] {
  if (isReference(value)) return []
  switch (type.type) {
    case 'string':
      if (typeof value !== 'string') return [`${at} must be a string`]
      return type.allowedValues?.includes(value) === false
        ? [`${at} must be one of ${type.allowedValues.join(', ')}`]
        : []
    case 'integer':
      return Number.isInteger(value) ? [] : [`${at} must be an integer`]
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} must be true or false`]
    case 'array':
      if (!Array.isArray(value)) return [`${at} must be a list`]
      return value.flatMap((element, index) => valueFaults(`${at}[${index}]`, element, type.element))
    case 'map':
      if (!isObject(value)) return [`${at} must be an object`]
      return Object.entries(value).flatMap(([key, element]) => valueFaults(`${at}.${key}`, element, type.element))
    case 'ref':
      return propertiesFaults(at, value, specification.get('typeDefinition', type.reference).properties)
    default:
      return [`${at} is a ${type.type}, which this does not know how to judge`]
  }
}

function unknownFields(at: string, value: Fields, known: readonly string[]): string[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `${at}.${name} is unknown`)
}

function references(value: unknown): string[] {
  if (isReference(value)) return [value.Ref]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(references) : []
}

function isReference(value: unknown): value is { Ref: string } {
  return isObject(value) && typeof value['Ref'] === 'string'
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
