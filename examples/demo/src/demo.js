import { describeOptions, readOptions } from './options.js'
import { runDemo } from './run-demo.js'

const { help, faults, ...options } = readOptions(process.argv.slice(2))
if (help) {
  console.log(describeOptions())
} else if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exitCode = 2
} else {
  await runDemo(options)
}
