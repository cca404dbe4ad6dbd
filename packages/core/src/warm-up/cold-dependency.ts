import type { ResolvedDependency } from '../options/resolved-options.ts'

/** One that was warm, until it or something beneath it failed. */
export class ColdDependency {
  readonly dependency: ResolvedDependency
  /** Everything it needs, also through others. */
  readonly beneath: ReadonlySet<string>
  /** Those whose recovery asks for it to be warm. */
  readonly recovered: Set<string> = new Set()
  attempt = 0
  /** When it was begun, by `performance.now()`. */
  attemptedAt = 0
  /** An attempt has failed since the last of `recovered`. */
  failed = false
  progress: string | undefined
  error: string | undefined
  /** Of the run that is to warm it, if there is one. */
  run: AbortController | undefined

  constructor(dependency: ResolvedDependency, beneath: ReadonlySet<string>) {
    this.dependency = dependency
    this.beneath = beneath
  }

  get name(): string {
    return this.dependency.name
  }

  /** One more recovery asks for it. What an attempt has loaded so far may be older than that. */
  ask(root: string): void {
    this.recovered.add(root)
    this.attempt = 0
    this.failed = false
    this.error = undefined
    this.progress = undefined
    this.giveUp(`${root} has recovered meanwhile`)
  }

  giveUp(reason: string): void {
    const { run } = this
    this.run = undefined
    run?.abort(new Error(`warming it up again was given up: ${reason}`))
  }

  /** As the report shows it. */
  toString(): string {
    if (this.error !== undefined) return `${this.name} (attempt ${this.attempt}, after: ${this.error})`
    return this.progress === undefined ? this.name : `${this.name} ${this.progress}`
  }
}
