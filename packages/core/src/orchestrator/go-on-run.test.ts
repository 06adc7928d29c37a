import { randomUUID } from 'node:crypto'
import { CodexError } from '@codex/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { compactRun } from '../store/compact-run.ts'
import { forkRun, type GoOnServices, retryRun } from './go-on-run.ts'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'

let harness: RunHarness
let goingOn: GoOnServices

beforeAll(async () => {
  harness = await createRunHarness()
  goingOn = {
    pool: harness.database.pool,
    database: harness.database,
    engine: { start: async () => {}, dequeue: async () => {} },
    log: SILENT_LOG,
    planner: harness.planner,
    maxQueued: 100,
    checkWebhook: () => {},
  }
})
afterAll(async () => {
  await harness.close()
})
beforeEach(() => {
  harness.state.requests = []
  harness.state.answer = answer
})

const GOOD = 'exports.add = (a, b) => a + b\n'
const BAD = 'exports.add = (a, b) => a - b\n'
const TEST = `const { test } = require('node:test'); const assert = require('node:assert')
test('adds', () => { assert.equal(require('./add.js').add(2, 3), 5) })
`
const NOBODY = { idempotencyKey: null, principal: null }
const DIAGNOSIS: Reply = {
  content: JSON.stringify({ summary: 's', rootCauses: [], patchSuggestions: [], monitoringRecommendations: [] }),
}

function answer({ agent, turn }: { agent: string; turn: number }): Reply {
  if (agent === 'Reviewer') return REVIEW
  if (agent === 'Debug') return DIAGNOSIS
  return [write('add.js', GOOD), FINISH][turn] ?? FINISH
}

/** A run whose model refuses from its n-th call on. */
async function failAt(n: number, request: Parameters<RunHarness['submit']>[0] = {}): Promise<string> {
  harness.state.answer = (asked) => {
    if (asked.n >= n) throw new Error('the model is away')
    return answer(asked)
  }
  const id = await harness.submit({ options: { verify: false }, ...request })
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('failed')
  harness.state.requests = []
  harness.state.answer = answer
  return id
}

const agents = () => harness.state.requests.map(({ agent }) => agent)

test('a retry takes over what was finished, pays only for the rest, and leaves the first run as it was', async () => {
  const id = await failAt(3)
  const before = await harness.database.pool.query('SELECT * FROM codex.runs WHERE id = $1', [id])
  const { requestId, created } = await retryRun(goingOn, id, NOBODY)
  expect(created).toBe(true)
  await harness.execute(requestId)

  const run = await harness.present(requestId)
  expect(run.status).toBe('completed')
  expect(agents()).toEqual(['Reviewer'])
  expect(run.metadata.origin).toEqual({ requestId: id, kind: 'retry', step: 'reviewer' })
  expect(run.metadata.usage.modelCalls).toBe(1)
  expect(run.result.steps.map((step) => [step.id, step.status, step.attempts, step.reusedFrom])).toEqual([
    ['code', 'completed', 0, id],
    ['reviewer', 'completed', 1, undefined],
  ])
  expect(run.result.steps[0]?.usage.modelCalls).toBe(0)
  expect(run.result.patch).toContain('+exports.add')
  expect(run.result.changes?.edits.map((edit) => edit.path)).toEqual(['add.js'])
  const [queued] = await harness.events(requestId)
  expect(queued).toMatchObject({ type: 'run.queued', data: { origin: { requestId: id, reusedSteps: ['code'] } } })
  expect((await harness.database.pool.query('SELECT * FROM codex.runs WHERE id = $1', [id])).rows).toEqual(before.rows)
})

test('a retry goes on after its origin was removed', async () => {
  const id = await failAt(3)
  const { requestId } = await retryRun(goingOn, id, NOBODY)
  await harness.database.pool.query('DELETE FROM codex.runs WHERE id = $1', [id])
  await harness.services.workspaces.remove(id, { everything: true })
  await harness.execute(requestId)
  expect((await harness.present(requestId)).status).toBe('completed')
})

test('the same key is the same retry; another run under it is refused', async () => {
  const [first, second] = [await failAt(3), await failAt(3)]
  const options = { idempotencyKey: randomUUID(), principal: null }
  const retried = await retryRun(goingOn, first, options)
  expect(await retryRun(goingOn, first, options)).toEqual({ requestId: retried.requestId, created: false })
  await expect(retryRun(goingOn, second, options)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
})

test('only runs that failed or were cancelled are retried; a stuck one is freed in place', async () => {
  const completed = await harness.submit({ agentSequence: ['code'], options: { verify: false } })
  await harness.execute(completed)
  await expect(retryRun(goingOn, completed, NOBODY)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('fork it'),
  })
  const queued = await harness.submit()
  await expect(retryRun(goingOn, queued, NOBODY)).rejects.toMatchObject({ code: 'CONFLICT' })
  const freeing = { ...goingOn, freeStuckRun: async () => true }
  expect(await retryRun(freeing, queued, NOBODY)).toEqual({ requestId: queued, created: false })
  await expect(retryRun(goingOn, randomUUID(), NOBODY)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a run that was imported is neither retried nor forked', async () => {
  const id = await failAt(3)
  await harness.database.pool.query(`UPDATE codex.runs SET format = 'imported' WHERE id = $1`, [id])
  const refusal = { code: 'CONFLICT', message: expect.stringContaining('was imported') }
  await expect(retryRun(goingOn, id, NOBODY)).rejects.toMatchObject(refusal)
  await expect(forkRun(goingOn, { requestId: id, fromStep: 'reviewer' }, NOBODY)).rejects.toMatchObject(refusal)
})

test('an ended run of a format that this version does not understand is neither retried nor forked', async () => {
  const id = await failAt(3)
  await harness.database.pool.query(`UPDATE codex.runs SET format = '9' WHERE id = $1`, [id])
  const refusal = { code: 'CONFLICT', message: expect.stringContaining('is stored in format 9') }
  await expect(retryRun(goingOn, id, NOBODY)).rejects.toMatchObject(refusal)
  await expect(forkRun(goingOn, { requestId: id, fromStep: 'reviewer' }, NOBODY)).rejects.toMatchObject(refusal)
  const understanding = { ...goingOn, formats: ['10', '9'] as const }
  expect(await retryRun(understanding, id, NOBODY)).toMatchObject({ created: true })
})

test('a run that stayed red is verified again where it ended, and gets as many fix rounds again', async () => {
  let isFixed = false
  harness.state.answer = (asked) => {
    if (asked.agent !== 'Code') return answer(asked)
    const content = isFixed ? GOOD : `${BAD}// ${asked.n}\n`
    return [write('add.js', content), write('add.test.js', TEST), FINISH][asked.turn] ?? FINISH
  }
  const id = await harness.submit({ agentSequence: ['code'], options: { testFramework: 'node:test', maxFixRounds: 1 } })
  await harness.execute(id)
  const first = await harness.present(id)
  expect(first.error?.code).toBe('VERIFICATION_FAILED')
  isFixed = true
  harness.state.requests = []

  const { requestId } = await retryRun(goingOn, id, NOBODY)
  await harness.execute(requestId)
  const run = await harness.present(requestId)
  expect(run.error).toBeUndefined()
  expect(run.metadata.origin?.step).toBe('verify.fix1')
  expect(new Set(agents())).toEqual(new Set(['Debug', 'Code']))
  expect(run.result.steps.map((step) => [step.id, step.reusedFrom === id])).toEqual([
    ['code', true],
    ['debug.fix1', true],
    ['code.fix1', true],
    ['debug.fix2', false],
    ['code.fix2', false],
  ])
  expect(run.result.verification?.verdict).toBe('passed')
  expect(run.result.verification?.reusedFrom).toBeUndefined()

  // the first verification and what it led to are there, the second one is executed again; also once it was packed
  expect(await compactRun(harness.database.pool, id)).toBe(true)
  const fork = await forkRun(goingOn, { requestId: id, fromStep: 'code.fix1' }, NOBODY)
  harness.state.requests = []
  await harness.execute(fork.requestId)
  const forked = await harness.present(fork.requestId)
  expect(forked.status).toBe('completed')
  expect(new Set(agents())).toEqual(new Set(['Code']))
  expect(
    (await harness.events(fork.requestId)).filter((event) => event.type === 'verification.completed'),
  ).toHaveLength(1)
})

test('a fork does the rest with other words, options and agents', async () => {
  const id = await harness.submit({ options: { verify: false } })
  await harness.execute(id)
  harness.state.requests = []
  const overrides = { prompt: 'look at safety', options: { reviewFocus: 'security' }, context: { team: 'red' } }
  const { requestId } = await forkRun(goingOn, { requestId: id, fromStep: 'reviewer', overrides }, NOBODY)
  await harness.execute(requestId)
  const run = await harness.present(requestId)
  expect(run.status).toBe('completed')
  expect(run.metadata.origin).toEqual({ requestId: id, kind: 'fork', step: 'reviewer' })
  expect(agents()).toEqual(['Reviewer'])
  expect(harness.state.requests[0]?.text).toContain('look at safety')
  expect(harness.state.requests[0]?.text).toContain('security')
  expect(harness.state.requests[0]?.text).toContain('red')

  harness.state.requests = []
  const tail = { agentSequence: ['code', 'reviewer'], options: { verify: true } }
  const longer = await forkRun(goingOn, { requestId: id, fromStep: 'reviewer', overrides: tail }, NOBODY)
  await harness.execute(longer.requestId)
  const more = await harness.present(longer.requestId)
  expect(more.metadata.agentSequence).toEqual(['Code', 'Code', 'Reviewer'])
  expect(more.result.steps.map((step) => [step.id, step.reusedFrom === id])).toEqual([
    ['code', true],
    ['code-2', false],
    ['reviewer', false],
  ])
})

test('what a fork cannot do is refused with the steps, fields and remedies', async () => {
  const id = await harness.submit({ options: { verify: false } })
  await harness.execute(id)
  const fork = (fromStep: string, overrides = {}) => forkRun(goingOn, { requestId: id, fromStep, overrides }, NOBODY)
  await expect(fork('nowhere')).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining('its steps: code, reviewer'),
    data: { known: ['code', 'reviewer'] },
  })
  await expect(fork('code', { options: { existingFiles: { 'a.js': '' } } })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    issues: [{ path: 'overrides.options.existingFiles', message: expect.stringContaining('submit a new run') }],
  })
  await expect(fork('reviewer', { agentSequence: ['nobody'] })).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' })
  await expect(fork('reviewer', { options: { maxFixRounds: 99 } })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  const failed = await failAt(1)
  await expect(forkRun(goingOn, { requestId: failed, fromStep: 'reviewer' }, NOBODY)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('"code"'),
  })
})

test('a run that still goes on is forked from a step that it has come to', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  harness.state.answer = async (asked) => {
    if (asked.agent === 'Reviewer' && asked.n === 3) {
      reach()
      await held
    }
    return answer(asked)
  }
  const id = await harness.submit({ options: { verify: false } })
  const going = harness.execute(id)
  await reached
  const { requestId } = await forkRun(goingOn, { requestId: id, fromStep: 'reviewer' }, NOBODY)
  await harness.execute(requestId)
  const forked = await harness.present(requestId)
  expect(forked.status).toBe('completed')
  expect(forked.metadata.sessionId).toBeNull()
  release()
  await going
  expect((await harness.present(id)).status).toBe('completed')
})

test('a webhook that is not taken any more stands in the way of a retry and of a fork', async () => {
  const id = await failAt(1)
  await harness.database.pool.query(`UPDATE codex.runs SET webhook = '{"url": "http://10.0.0.1/"}' WHERE id = $1`, [id])
  const checked: unknown[] = []
  const strict: GoOnServices = {
    ...goingOn,
    checkWebhook(webhook) {
      checked.push(webhook)
      throw new CodexError('INVALID_REQUEST', 'webhook.url is private')
    },
  }
  const refused = { code: 'INVALID_REQUEST', message: 'webhook.url is private' }
  await expect(retryRun(strict, id, NOBODY)).rejects.toMatchObject(refused)
  await expect(forkRun(strict, { requestId: id, fromStep: 'code' }, NOBODY)).rejects.toMatchObject(refused)
  expect(checked).toEqual([{ url: 'http://10.0.0.1/' }, { url: 'http://10.0.0.1/' }])
})
