import { AsyncResource } from 'node:async_hooks'

import type { HttpAnswer } from '../http-answer.ts'
import type { WaitingRequest } from './waiting-request.ts'

export interface WaitingRoomInit {
  /** How many requests may wait. */
  readonly size: number
  /** How long each may wait, in milliseconds. */
  readonly wait: number
  /** What a request gets that has waited in vain. */
  readonly refusal: HttpAnswer
}

interface Place {
  readonly request: WaitingRequest
  /** The handler finds the request's own stores of AsyncLocalStorage, not those of the warm-up. */
  readonly context: AsyncResource
  leave(): void
}

/** Where the application's requests wait until the gate opens, in the order they came. */
export class WaitingRoom {
  readonly #init: WaitingRoomInit
  readonly #places = new Set<Place>()

  constructor(init: WaitingRoomInit) {
    this.#init = init
  }

  /** False when there is no room. */
  enter(request: WaitingRequest): boolean {
    const { size, wait, refusal } = this.#init
    if (request.isOver) {
      request.forget()
      return true
    }
    if (this.#places.size >= size) return false
    const end = (how: () => void): void => {
      place.leave()
      if (request.isOver) request.forget()
      else how()
    }
    const timer = setTimeout(() => end(() => request.refuse(refusal)), wait)
    const unwatch = request.watch(() => {
      if (request.isOver) end(() => {})
    })
    const place: Place = {
      request,
      context: new AsyncResource('TIDEGATE_WAITING'),
      leave: () => {
        clearTimeout(timer)
        unwatch()
        this.#places.delete(place)
      },
    }
    this.#places.add(place)
    return true
  }

  /** Hands on all that wait. */
  open(): void {
    this.#empty((request) => request.handOn())
  }

  /** Refuses all that wait. */
  close(answer: HttpAnswer): void {
    this.#empty((request) => request.refuse(answer))
  }

  #empty(end: (request: WaitingRequest) => void): void {
    for (const { request, context, leave } of this.#places) {
      leave()
      if (request.isOver) request.forget()
      else context.runInAsyncScope(() => callAlone(() => end(request)))
    }
  }
}

/** What a handler throws is caught by nobody, as with Node, and keeps nothing from the others. */
function callAlone(call: () => void): void {
  try {
    call()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
