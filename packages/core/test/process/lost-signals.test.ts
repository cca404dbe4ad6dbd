import { expect, test } from 'vitest'

import { keeperFrom } from '../../src/process/lost-signals.ts'

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
