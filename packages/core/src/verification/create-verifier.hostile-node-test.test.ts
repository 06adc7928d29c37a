import { afterAll, test } from 'vitest'
import { expectNoLieToPass, expectNoSettingToHelp } from './hostile-tests.fixture.ts'
import { createBench } from './verification.fixture.ts'

const MACHINE_MAY_BE_BUSY_MS = 300_000

const bench = await createBench()
afterAll(() => bench[Symbol.asyncDispose]())

test('no test file gets a lie through node:test', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  await expectNoLieToPass(bench, 'node-test')
})

test('no setting turns a red run of node:test green', { timeout: MACHINE_MAY_BE_BUSY_MS }, async () => {
  const configured = JSON.stringify({
    test: { only: true, 'test-name-pattern': 'green' },
    nodeOptions: { require: './exits.cjs' },
  })
  await expectNoSettingToHelp(bench, 'node-test', [
    ['scripts of npm', {}, ['tests_failed']],
    ['a configuration file of node', { 'node.config.json': configured }, ['tests_failed']],
    ['an environment file', { '.env': 'NODE_OPTIONS=--require ./exits.cjs\n' }, ['tests_failed']],
  ])
})
