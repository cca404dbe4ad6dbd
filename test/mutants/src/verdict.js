/**
 * @typedef {object} Verdict on one mutant
 * @property {boolean} killed whether every suite noticed, but for those that are spared
 * @property {string[]} lines which test of which suites noticed, and which suites did not
 */

/**
 * @param {import('./mutant.js').Mutant} mutant
 * @param {readonly string[]} suites
 * @param {ReadonlyMap<string, string | undefined>} failures by suite, the first test that failed, if any
 * @returns {Verdict}
 */
export function judge({ spares = {} }, suites, failures) {
  /** @type {Map<string, string[]>} */
  const groups = new Map()
  for (const suite of suites) {
    const outcome = outcomeOf(failures.get(suite), spares[suite])
    groups.set(outcome, [...(groups.get(outcome) ?? []), suite])
  }
  return {
    killed: suites.every((suite) => (failures.get(suite) === undefined) === (spares[suite] !== undefined)),
    lines: [...groups].map(([outcome, among]) => {
      const where = among.length === suites.length ? 'every suite' : among.join(', ')
      return `${outcome}: ${where}`
    }),
  }
}

/**
 * @param {string | undefined} failure
 * @param {string | undefined} reason why the suite is spared
 */
function outcomeOf(failure, reason) {
  if (reason === undefined) return failure ?? 'ALIVE'
  return failure === undefined ? `spared, because ${reason}` : `${failure}, although declared spared`
}
