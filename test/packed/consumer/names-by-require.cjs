const names = Object.keys(require(process.argv[2] ?? ''))
console.log(JSON.stringify(names.toSorted()))
