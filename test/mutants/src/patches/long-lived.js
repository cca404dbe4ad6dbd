/** @type {readonly import('../mutant.js').Mutant[]} */
export const longLived = [
  {
    name: 'what is marked long-lived counts as a request',
    file: 'drain/long-lived.ts',
    find: `if (leaveOf(exchange) !== undefined) return true`,
    replace: ``,
  },
  {
    name: 'an event stream counts as a request',
    file: 'drain/long-lived.ts',
    find: ` || isEventStream(exchange.req.headers.accept)`,
    replace: ``,
  },
  {
    name: 'what is long-lived is not asked to end itself',
    file: 'drain/drain.ts',
    find: `this.farewell.say()`,
    replace: ``,
  },
  {
    name: 'what is long-lived keeps idle connections open',
    file: 'drain/linger.ts',
    find: `if (hasOrdinary(connection)) return`,
    replace: `return`,
  },
  {
    name: 'an event stream is destroyed where it is to be ended',
    file: 'drain/end-cleanly.ts',
    find: `exchange.end()`,
    replace: `exchange.destroy()`,
  },
  {
    name: 'an event stream is not ended before it is cut',
    file: 'drain/drain.ts',
    find: `this.#after(longLived - LEAVE_MS - elapsed, () => this.#endLongLived())`,
    replace: ``,
  },
  {
    name: 'an upgraded connection is taken for an idle one',
    file: 'lifecycle/reception.ts',
    find: `if (request.socket === socket) this.#arrivals.traffic.upgrade(request)`,
    replace: `void request`,
  },
  {
    name: 'an upgraded connection is cut where it is to be ended',
    file: 'drain/farewell.ts',
    find: `return endUpgraded(connection.socket) ? 1 : 0`,
    replace: `return endUpgraded === undefined ? 1 : 0`,
  },
  {
    name: 'requests are not cut before what is long-lived',
    file: 'drain/drain.ts',
    find: `this.#cutOverdue(hasOrdinary, (exchange) => !isLongLived(exchange))`,
    replace: ``,
  },
]
