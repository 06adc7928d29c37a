import { afterAll, beforeAll, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { retryRun } from './go-on-run.ts'
import { createRunHarness, DIAGNOSIS, FINISH, type RunHarness, write } from './run-harness.fixture.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())

const TEST = `const { test } = require('node:test'); const assert = require('node:assert')
test('adds', () => { assert.equal(require('./add.js').add(2, 3), 5) })
`
/** Both are wrong. */
const BODIES = ['exports.add = (a, b) => a - b\n', 'exports.add = (a, b) => a * b\n']

test('fix rounds that undo one another end with that as a reason; a retry makes one more', async () => {
  let conversations = 0
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Debug') return DIAGNOSIS
    if (turn === 0) conversations += 1
    const content = BODIES[(conversations - 1) % BODIES.length] ?? ''
    return [write('add.js', content), write('add.test.js', TEST), FINISH][turn] ?? FINISH
  }
  const id = await harness.submit({
    agentSequence: ['code'],
    options: { testFramework: 'node:test', maxFixRounds: 5, mutants: 0 },
  })
  await harness.execute(id)
  const run = await harness.present(id)
  const cycle = expect.stringMatching(
    /fix round 2 brought the files back to what they were before the first fix round, which was red as well/,
  )
  expect(run.error).toMatchObject({ code: 'VERIFICATION_FAILED', message: cycle })
  expect(run.metadata.warnings).toContainEqual(cycle)
  expect(run.result.steps.map((step) => step.id)).toEqual([
    'code',
    ...['debug.fix1', 'code.fix1'],
    ...['debug.fix2', 'code.fix2'],
  ])

  const goingOn = {
    pool: harness.database.pool,
    database: harness.database,
    engine: { start: async () => {}, dequeue: async () => {} },
    log: SILENT_LOG,
    planner: harness.planner,
    maxQueued: 100,
    checkWebhook: () => {},
  }
  const { requestId } = await retryRun(goingOn, id, { idempotencyKey: null, principal: null })
  await harness.execute(requestId)
  const retried = await harness.present(requestId)
  expect(retried.error?.message).toContain('fix round 3 brought the files back to what they were after fix round 1')
  expect(retried.result.steps.at(-1)?.id).toBe('code.fix3')
})
