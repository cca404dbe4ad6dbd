/** The same text without what could steer a terminal, or begin another line of a log. */
export function clean(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) =>
    control === '\n' ? '\\n' : `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
