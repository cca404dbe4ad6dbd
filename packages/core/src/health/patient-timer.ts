/**
 * A limit that does not blame others for a blocked event loop: when its time has come it lets one turn of the loop pass
 * before it calls, so that answers which lay in the sockets all along are read first.
 */
export class PatientTimer {
  #timer: NodeJS.Timeout | undefined
  #turn: NodeJS.Immediate | undefined

  /** Calls once after `ms`, unless it is set again or cleared first. Does not hold the process. */
  set(ms: number, callback: () => void): void {
    this.clear()
    this.#timer = setTimeout(() => {
      // Runs after the poll phase that follows the timers. Not unref'd: an idle loop would sleep in that poll phase
      // until something else happens, and one turn holds no process.
      this.#turn = setImmediate(callback)
    }, ms)
    this.#timer.unref()
  }

  clear(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#turn)
  }
}
