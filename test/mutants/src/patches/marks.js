/** @type {readonly import('../mutant.js').Mutant[]} */
export const marks = [
  {
    name: 'no answer says that its connection ends',
    file: 'drain/drain.ts',
    find: `return this.#marking === 'all' || (`,
    replace: `return (`,
  },
  {
    name: 'answers in flight at the call do not say that their connection ends',
    file: 'drain/drain.ts',
    find: `for (const response of connection.responses) this.#markWhenWritten(connection, response)`,
    replace: ``,
  },
  {
    name: 'answers to requests after the call do not say that their connection ends',
    file: 'drain/drain.ts',
    find: `start + length
    this.#markWhenWritten(connection, response)`,
    replace: `start + length`,
  },
  {
    name: 'old connections are not told to go in the lame duck',
    file: 'drain/drain.ts',
    find: `this.#marking = 'early'`,
    replace: ``,
  },
  {
    name: 'new connections are told to go in the lame duck',
    file: 'drain/drain.ts',
    find: `(this.#marking === 'early' && connection.early)`,
    replace: `this.#marking === 'early'`,
  },
  {
    name: 'a keep-alive that the application has set wins over the mark',
    file: 'drain/close-mark.ts',
    find: `this.setHeader('connection', 'close')`,
    replace: ``,
  },
  {
    name: 'a keep-alive that the application writes wins over the mark',
    file: 'drain/close-mark.ts',
    find: `parameters.map(withMark)`,
    replace: `parameters`,
  },
  {
    name: 'a keep-alive in a flat list of headers wins over the mark',
    file: 'drain/close-mark.ts',
    find: `return [...headers.filter((_, index)`,
    replace: `return headers
  return [...headers.filter((_, index)`,
  },
  {
    name: 'every answer of a pipeline says that its connection ends',
    file: 'drain/close-mark.ts',
    find: `if (responses.at(-1) !== response) return false`,
    replace: ``,
  },
  {
    name: 'an answer says that its connection ends although a request is behind it',
    file: 'drain/close-mark.ts',
    find: `return !(ahead >= SHORTEST_REQUEST)`,
    replace: `return true`,
  },
  {
    name: 'an answer does not say that its connection ends while its upload is still coming',
    file: 'drain/close-mark.ts',
    find: `return !(ahead >= SHORTEST_REQUEST)`,
    replace: `return ahead === 0`,
  },
  {
    name: 'an answer that says that its connection ends is reset away while its upload is still coming',
    file: 'drain/await-upload.ts',
    find: `  putOffEnd(socket, () => {
    connection.ending = true
  })`,
    replace: ``,
  },
  {
    name: 'a request behind a close header is handed on',
    file: 'drain/drain.ts',
    find: `if (!isToldToEnd(connection)) return true`,
    replace: `return true`,
  },
  {
    name: 'a request behind a close header is not counted as refused',
    file: 'drain/drain.ts',
    find: `this.count.refused++`,
    replace: ``,
  },
]
