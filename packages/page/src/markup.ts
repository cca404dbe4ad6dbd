/** Markup that may stand in a page as it is. Everything else is text, and is escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes. `undefined` and `false` leave nothing; lists are joined. */
export type Fragment = Markup | string | number | false | undefined | readonly Fragment[]

/** Makes markup. Whatever is put in is escaped, for text and for quoted attributes, unless it is markup itself. */
export function markup(parts: TemplateStringsArray, ...fragments: readonly Fragment[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...fragments.map(toText)))
}

function toText(fragment: Fragment): string {
  if (fragment === undefined || fragment === false) return ''
  if (fragment instanceof Markup) return fragment.text
  if (typeof fragment === 'object') return fragment.map(toText).join('')
  return escape(String(fragment))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
