/** A whole HTTP answer as data, for whatever writes it: node's response, a framework's reply, a fetch Response. */
export interface HttpAnswer {
  readonly status: number
  /** Lower-case names; `content-length` is among them and counts the bytes of `body`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
