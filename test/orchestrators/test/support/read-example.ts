import { readdirSync, readFileSync } from 'node:fs'

import { parseDocument } from 'yaml'

const examples = new URL('../../../../examples/', import.meta.url)

/** The YAML files of an example, by name without its ending. A tag that is not known, as a key that is there twice, throws. */
export function readExample(name: string): Record<string, unknown> {
  const folder = new URL(`${name}/`, examples)
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  return Object.fromEntries(
    files.map((file) => [file.replace(/\.yaml$/, ''), parse(file, readFileSync(new URL(file, folder), 'utf8'))]),
  )
}

function parse(file: string, text: string): unknown {
  // CloudFormation's short form of { Ref: 'name' }.
  const document = parseDocument(text, { customTags: [{ tag: '!Ref', resolve: (name: string) => ({ Ref: name }) }] })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) throw new Error(`${file}: ${fault.message}`)
  return document.toJS()
}
