import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RunServices } from './execute-run.ts'
import {
  createRunHarness,
  DIAGNOSIS,
  FINISH,
  REVIEW,
  type Reply,
  type RunHarness,
  write,
} from './run-harness.fixture.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests = []
})

const SOURCE = 'exports.add = (a, b) => a + b\n'
const testOf = (sum: number) => `const { test } = require('node:test')
const assert = require('node:assert')
test('adds', () => assert.equal(require('./add.js').add(1, 2), ${sum}))
`

/** Each agent takes its turns; a fix changes nothing that matters. */
function play(turns: Readonly<Record<string, readonly Reply[]>>): void {
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Reviewer') return REVIEW
    if (agent === 'Debug') return DIAGNOSIS
    return turns[agent]?.[turn] ?? FINISH
  }
}

test('tests were asked for and none came: the run has no success, and says why', async () => {
  play({ Code: [write('add.js', SOURCE)] })
  const id = await harness.submit({ options: { testFramework: 'node:test' } })
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: false, verified: false } })
  expect(run.result.verification?.verdict).toBe('not_run')
  expect(run.metadata.warnings.join()).toContain('no test files')
})

test('tests were asked for and there is no sandbox: the run has no success, and says why', async () => {
  play({ Code: [write('add.js', SOURCE), write('add.test.js', testOf(3))] })
  const id = await harness.submit({ options: { testFramework: 'node:test' } })
  const commands: RunServices['commands'] = {
    ...harness.services.commands,
    sandbox: null,
    unavailableReason: 'bubblewrap is missing',
  }
  await harness.execute(id, undefined, { ...harness.services, commands })
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: false, verified: false } })
  expect(run.metadata.warnings.join()).toContain('bubblewrap is missing')
})

test('nothing was asked for and nothing is there to verify: success, not verified, with a warning', async () => {
  play({ Code: [write('add.js', SOURCE)] })
  const id = await harness.submit()
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: false } })
  expect(run.metadata.warnings.join()).toContain('nothing was verified')
})

test("a project's own tests are executed when its code changed, although nobody asked for tests", async () => {
  const given = [
    { path: 'add.js', content: SOURCE },
    { path: 'add.test.js', content: testOf(3) },
  ]
  play({ Code: [write('add.js', 'exports.add = (a, b) => a - b\n')] })
  const id = await harness.submit({ options: { existingFiles: given, maxFixRounds: 0 } })
  await harness.execute(id)
  expect(await harness.present(id)).toMatchObject({
    status: 'failed',
    error: { code: 'VERIFICATION_FAILED' },
    metadata: { success: false, verified: false },
    result: { verification: { verdict: 'failed', tests: { failed: 1 } } },
  })
})

test('TestGenerator alone: its tests are executed, and are the result', async () => {
  play({ TestGenerator: [write('add.test.js', testOf(3))] })
  const id = await harness.submit({
    agentSequence: ['test_generator'],
    options: { existingFiles: [{ path: 'add.js', content: SOURCE }], testFramework: 'node:test' },
  })
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true } })
  expect(run.result.output).toMatchObject({ framework: 'node-test', execution: { passed: 1, failed: 0 } })
  expect(run.result.changes).toBeUndefined()
})

test('a coverage goal that is missed is no success, with the evidence', async () => {
  play({
    Code: [write('add.js', `${SOURCE}exports.sub = (a, b) => {\n  return a - b\n}\n`), write('add.test.js', testOf(3))],
  })
  const id = await harness.submit({
    options: { testFramework: 'node:test', coverageGoals: '100%', maxFixRounds: 0 },
  })
  await harness.execute(id)
  expect(await harness.present(id)).toMatchObject({
    status: 'failed',
    error: { code: 'VERIFICATION_FAILED' },
    metadata: { success: false, verified: false },
    result: { verification: { verdict: 'partial' } },
  })
})
