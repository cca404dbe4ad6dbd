/** Messages are cut to this many characters. */
export const LONGEST_MESSAGE = 500

/** What is looked at of a message; more would only make hostile ones slow to search. */
const LONGEST_SEARCHED = 2_048

/** What stands in place of a credential. */
export const HIDDEN = '***'

const SECRET_NAME = [
  String.raw`pass(?:word|wd|phrase)?`,
  'pwd',
  'secret',
  'token',
  'credentials?',
  'auth',
  'signature',
  String.raw`(?:api|access|private|account|shared|encryption|signing)[-_ ]?key`,
].join('|')

/** A secret's name and what parts it from its value, in a URL's query, a connection string, JSON or an inspected object. */
const NAMED = String.raw`(?:[?&](?:key|sig|code)=|(?:${SECRET_NAME})[\w-]*(?: (?:provided|given|supplied|received|sent))?\\*["']?\s*(?:=>|[:=]|%3[ad])\s*)`

/** In a sentence: what follows is a secret only when it is quoted, or looks like nothing that one would write there. */
const SPOKEN = String.raw`(?:pass(?:word|wd|phrase)|secret|token|(?:api|access|private)[-_ ]?key)(?: is)? `

/** Up to the closing quote, or to the end of a message that was cut before it. */
const QUOTED = String.raw`(?:"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$))`

/** Each hides what a driver, a client library or a proxy was seen to quote back in an error; the order matters. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [^-]{0,40}PRIVATE KEY-----.*?(?:-----END [^-]{0,40}-----|$)/gs, HIDDEN],
  // Before names and values: in `Authorization: Basic abc` the value is the second word.
  [/\b(bearer|basic|digest|negotiate)\s+[^\s"']+/gi, `$1 ${HIDDEN}`],
  [new RegExp(`(${NAMED})${QUOTED}`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(String.raw`(${NAMED})\S+`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(String.raw`(${SPOKEN})(?:"(?:\\.|[^"\\]){4,}(?:"|$)|'(?:\\.|[^'\\]){4,}(?:'|$))`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(String.raw`(${SPOKEN})(?=\S*\d)(?=\S*[a-z])\S{8,}`, 'gi'), `$1${HIDDEN}`],
  [/\b(hooks\.slack\.com\/|discord(?:app)?\.com\/api\/webhooks\/)\S+/gi, `$1${HIDDEN}`],
  // Up to the last `@`: a password is not always percent-encoded, so it may hold `/`, `:`, `?` and `@` itself.
  [/\b([a-z][a-z\d+.-]{0,30}:\/\/)\S*@/gi, `$1${HIDDEN}@`],
  [/[^\s:@"']{1,80}:(?!\/\/)\S*@(?=[\w.[(-])/g, `${HIDDEN}@`],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/g, HIDDEN],
  [/\b((?:set-)?cookie|authorization)(["']?\s*[:=]\s*)\S.*$/gi, `$1$2${HIDDEN}`],
  // A Redis command with its arguments, as a log line or a server's reply shows it.
  [/\b(AUTH)\s+[^\s"']+(?:\s+[^\s"']+)?/g, `$1 ${HIDDEN}`],
  [/\b(args["']?\s*:\s*)\[[^\]]*(?:\]|$)/gi, `$1[${HIDDEN}]`],
]

/**
 * A message that may be shown: on one line, without stack, control characters and whatever looks like a credential, and
 * at most {@link LONGEST_MESSAGE} characters long. It errs on the side of hiding too much.
 */
export function redact(text: string): string {
  const searched = text.length > LONGEST_SEARCHED ? withoutCutWord(text.slice(0, LONGEST_SEARCHED)) : text
  let shown = withoutMixedWords(toOneLine(searched))
  for (const [pattern, replacement] of RULES) shown = shown.replace(pattern, replacement)
  return cutTo(LONGEST_MESSAGE, shown)
}

/** Whether what goes by this name is not to be shown. */
export function isSecretName(name: string): boolean {
  return new RegExp(SECRET_NAME, 'i').test(name)
}

/** With both a name and an `@` nobody can tell which part is the secret: `?token=a@b`, or `shop:my-token=a@host`. */
function withoutMixedWords(line: string): string {
  const named = new RegExp(NAMED, 'i')
  return line.replace(/[^\s@]*@\S*/g, (word) => (named.test(word) ? HIDDEN : word))
}

/** A credential cut in half may not be known for one: `postgres://user:secr`. */
function withoutCutWord(text: string): string {
  return text.replace(/\S*$/, '')
}

function toOneLine(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- colours of a terminal are what is looked for
      .replace(/\u001b\[[\d;?]*[a-z]/gi, '')
      .split(/[\r\n\u2028\u2029]+/)
      .filter((line) => !/^\s*at\s/.test(line))
      .join(' ')
      .replace(/\s+/g, ' ')
      // Control characters, and those that turn the direction of writing.
      .replace(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
      .trim()
  )
}

function cutTo(length: number, text: string): string {
  if (text.length <= length) return text
  // A surrogate that lost its other half would not survive UTF-8.
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
