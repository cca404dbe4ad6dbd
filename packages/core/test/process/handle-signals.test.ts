import { afterEach, expect, test } from 'vitest'

import { handleSignals } from '../../src/process/handle-signals.ts'
import { otherListeners } from '../../src/process/other-listeners.ts'

const SIGNAL = 'SIGUSR2'
const heard: string[] = []
let end: () => void = () => {}

function somebodyElse(): void {
  heard.push('somebody else')
}

afterEach(() => {
  end()
  process.off(SIGNAL, somebodyElse)
  heard.length = 0
})

test('hears a signal ahead of those who listened before, until it is removed', () => {
  process.on(SIGNAL, somebodyElse)
  end = handleSignals([SIGNAL], (signal) => heard.push(`a lifecycle ${signal}`))
  process.emit(SIGNAL, SIGNAL)
  expect(heard).toEqual(['a lifecycle SIGUSR2', 'somebody else'])

  end()
  process.emit(SIGNAL, SIGNAL)
  expect(heard).toEqual(['a lifecycle SIGUSR2', 'somebody else', 'somebody else'])
})

test('names who else listens, and no lifecycle', () => {
  end = handleSignals([SIGNAL], () => {})
  process.on(SIGNAL, somebodyElse)
  const nameless = (
    () => () =>
      heard.push('nobody')
  )()
  process.once(SIGNAL, nameless)
  expect(otherListeners(SIGNAL)).toEqual(['somebodyElse', expect.stringContaining('heard.push(') as string])
  process.off(SIGNAL, nameless)
})
