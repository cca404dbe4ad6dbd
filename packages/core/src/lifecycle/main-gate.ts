import type { HttpAnswer } from '../http-answer.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** The lifecycle's own gate in front of the application. */
export class MainGate {
  /** What the application's requests get instead of the application; absent when the gate is open. */
  refusal: HttpAnswer | undefined
  /** Where requests wait that would be refused; absent where they do not wait. */
  room: WaitingRoom | undefined

  /** The service is ready: from now on requests pass, those that have waited first. */
  open(): void {
    const { room } = this
    this.refusal = undefined
    this.room = undefined
    room?.open()
  }

  /** The gate will not open any more: those that wait are refused at once. */
  dismiss(answer: HttpAnswer): void {
    const { room } = this
    this.room = undefined
    room?.close(answer)
  }

  /** Whether what is about to be refused waits for the gate to open instead, if there is room. */
  mayWait(answer: HttpAnswer): boolean {
    return answer === this.refusal && this.room !== undefined
  }
}
