import { expect, test } from 'vitest'

import { inheritedListener } from '../../src/index.ts'

const PID = String(process.pid)

test.each([
  [{ LISTEN_PID: PID, LISTEN_FDS: '1' }, { fd: 3 }],
  [{ LISTEN_PID: PID, LISTEN_FDS: '2' }, { fd: 3 }],
  [{ LISTEN_PID: PID, LISTEN_FDS: '0' }, undefined],
  [{ LISTEN_PID: PID }, undefined],
  [{ LISTEN_PID: '1', LISTEN_FDS: '1' }, undefined],
  [{ LISTEN_FDS: '1' }, undefined],
  [{}, undefined],
])('%j gives %j', (env, descriptor) => {
  expect(inheritedListener(env)).toEqual(descriptor)
})
