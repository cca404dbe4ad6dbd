import { expect, test } from 'vitest'

import { keeperFrom, trapsSigterm } from '../../src/process/lost-signals.ts'

test.each([
  ['sh\0-c\0node server.js; true\0', 'sh'],
  ['/bin/bash\0/entrypoint.sh\0', 'bash'],
  ['-bash\0', '-bash'],
  ['npm start\0\0\0', 'npm'],
  ['npm\0', 'npm'],
  ['node\0/usr/local/bin/npm-cli.js\0start\0', 'npm'],
  ['node\0--run\0start\0', 'node --run'],
  ['node\0supervisor.js\0', undefined],
  ['/usr/bin/tini\0--\0node\0server.js\0', undefined],
  ['/lib/systemd/systemd\0', undefined],
  ['npmd\0', undefined],
  ['', undefined],
])('PID 1 %j keeps signals: %s', (commandLine, keeper) => {
  expect(keeperFrom(commandLine)).toBe(keeper)
})

test.each([
  ['0000000000004000', true],
  ['0000000000014002', true],
  ['0000000000010002', false],
  ['0000000000000000', false],
])('a shell that catches signals %s has a trap for SIGTERM: %s', (mask, traps) => {
  expect(trapsSigterm(`Name:\tsh\nSigIgn:\t0000000000004000\nSigCgt:\t${mask}\nCapInh:\t0000000000000000\n`)).toBe(
    traps,
  )
})

test('what says nothing of signals traps none', () => {
  expect(trapsSigterm('Name:\tsh\n')).toBe(false)
})
