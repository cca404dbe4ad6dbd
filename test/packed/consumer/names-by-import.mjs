const names = Object.keys(await import(process.argv[2] ?? ''))
// What Node adds to a CommonJS module that is imported: the ESM build must have been taken.
if (names.includes('module.exports') || names.includes('default')) throw new Error('this is a CommonJS module')
console.log(JSON.stringify(names.toSorted()))
