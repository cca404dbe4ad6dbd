/** What is used of a terminal. */
export interface Terminal {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

const COLUMNS = 80
const ROWS = 24

/** Lines at the foot of a terminal: drawn again in place when they change, and below whatever else is written. */
export class TerminalFoot {
  readonly #terminal: Terminal
  #lines: readonly string[] = []
  #drawn = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  get columns(): number {
    return this.#terminal.columns || COLUMNS
  }

  /** Of the lines that there is room for. */
  get rows(): number {
    return Math.max(1, (this.#terminal.rows || ROWS) - 2)
  }

  /** Writes whole lines above it. */
  write(text: string): void {
    this.#terminal.write(this.#erase() + text + this.#draw())
  }

  /** @param lines none longer than the terminal is wide: a line that wraps could not be found again. */
  show(lines: readonly string[]): void {
    if (lines.length === 0 && this.#drawn === 0) return
    this.#lines = lines
    this.#terminal.write(this.#erase() + this.#draw())
  }

  #erase(): string {
    return this.#drawn === 0 ? '' : `\x1b[${this.#drawn}A\r\x1b[J`
  }

  #draw(): string {
    this.#drawn = this.#lines.length
    return this.#lines.map((line) => `${line}\n`).join('')
  }
}
