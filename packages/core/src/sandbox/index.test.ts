import { expect, test } from 'vitest'
import * as room from './index.ts'

test('the public surface of the room', () => {
  expect(Object.keys(room).sort()).toEqual([
    ...['HOSTILE_PROGRAMS', 'SANDBOX_UID', 'createBubblewrapDriver', 'createMacosDriver', 'createUnsandboxedDriver'],
    ...['detectToolchain', 'installBubblewrap', 'readBack', 'runHostileSuite', 'sandboxIdentity', 'selectSandbox'],
  ])
})
