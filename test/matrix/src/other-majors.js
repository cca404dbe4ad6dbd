/** The majors of Node.js that are supported. */
const MAJORS = [20, 22, 24, 26]

/**
 * The supported majors but that of a Node.js, which whoever runs the tests runs them under already.
 *
 * @param {string} version such as `process.version`
 */
export function otherMajors(version) {
  return MAJORS.filter((major) => !version.startsWith(`v${major}.`))
}
