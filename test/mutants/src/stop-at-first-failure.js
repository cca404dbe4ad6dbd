import { beforeEach } from 'vitest'

// A suite that has noticed need not go on: what else fails of a broken core mostly waits for its limit first.
beforeEach(({ task, skip }) => {
  skip(task.suite?.tasks.some(({ result }) => result?.state === 'fail') ?? false)
})
