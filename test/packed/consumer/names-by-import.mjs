const module = await import(process.argv[2] ?? '')
const names = Object.keys(module)
const { default: whole = {} } = module
// Node gives a CommonJS module that is imported a default export of everything: the ESM build must have been taken.
if (names.every((name) => name === 'default' || name === 'module.exports' || name in whole)) {
  throw new Error('this is a CommonJS module')
}
console.log(JSON.stringify(names.toSorted()))
