import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { claimRun } from '../store/claim-run.ts'
import { readCalls } from '../store/read-run.ts'
import { requestCancel } from './cancel-run.ts'
import { requestResume } from './resume-run.ts'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

const PRICE = { inputUsdPerMillion: 100_000, outputUsdPerMillion: 200_000 }
/** What one call of 10 and 5 tokens costs then. */
const CALL_USD = 2

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness({ prices: { 'openai:scripted': PRICE } })
})
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests = []
  harness.state.answer = ({ agent, turn }) => (agent === 'Reviewer' ? REVIEW : (TURNS[turn] ?? FINISH))
})

const TURNS: readonly Reply[] = [write('add.js', 'exports.add = (a, b) => a + b\n'), FINISH]
const TEST = "const { test } = require('node:test')\ntest('adds', () => {})\n"
const engine = { dequeue: async (): Promise<void> => {}, start: async (): Promise<void> => {} }

const resume = (requestId: string, budget?: { maxUsd?: number; maxTokens?: number; maxDurationS?: number }) =>
  requestResume(harness.database, null, { requestId, ...(budget === undefined ? {} : { budget }) })
const asked = () => harness.state.requests.map(({ agent }) => agent)
const typesOf = async (id: string) => (await harness.events(id)).map(({ type }) => type)
async function expectGaplessEvents(id: string): Promise<void> {
  const events = await harness.events(id)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
}

test('at its limit a run waits, with what it made; resumed it goes on and repeats no call', async () => {
  const id = await harness.submit({ budget: { maxTokens: 20 } })
  await harness.execute(id)
  const parked = await harness.present(id)
  expect(parked).toMatchObject({
    status: 'waiting',
    waiting: { reason: 'budget', budget: { scope: 'run', kind: 'tokens', used: 30, limit: 20 } },
    metadata: { usage: { totalTokens: 30 }, budget: { limits: { maxTokens: 20 }, used: { tokens: 30 } } },
  })
  expect(parked.waiting?.message).toMatch(/used 30 of 20 tokens \(budget\.max_tokens\).*resume it with a higher/)
  expect(parked.result.patch).toContain('add.js')
  expect(asked()).toEqual(['Code', 'Code'])

  await harness.execute(id) // a parked run is nobody's to execute
  expect(asked()).toHaveLength(2)

  await resume(id, { maxTokens: 1_000 })
  expect((await harness.present(id)).status).toBe('queued')
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { usage: { totalTokens: 45, modelCalls: 3 } } })
  expect(run.waiting).toBeUndefined()
  expect(asked()).toEqual(['Code', 'Code', 'Reviewer'])
  const calls = await readCalls(harness.database, id)
  expect(calls.filter(({ kind }) => kind === 'model')).toHaveLength(3)
  const types = await typesOf(id)
  expect(types.filter((type) => /^run\.(waiting|resumed|started|recovered)/.test(type))).toEqual([
    'run.started',
    'run.waiting',
    'run.resumed',
    'run.started',
  ])
  await expectGaplessEvents(id)
})

test('a run that waits in the middle of a step goes on within it', async () => {
  const id = await harness.submit({ budget: { maxUsd: CALL_USD } })
  await harness.execute(id)
  expect(await harness.present(id)).toMatchObject({
    status: 'waiting',
    waiting: { budget: { scope: 'run', kind: 'usd', used: CALL_USD, limit: CALL_USD } },
    result: { steps: [{ id: 'code', status: 'running', usage: { totalTokens: 15 } }, { status: 'pending' }] },
  })
  await resume(id, { maxUsd: 100 })
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { costUsd: 3 * CALL_USD } })
  expect(run.result.steps[0]).toMatchObject({ attempts: 1, usage: { modelCalls: 2 } })
  expect(asked()).toEqual(['Code', 'Code', 'Reviewer'])
})

test('resuming needs room: a limit that is still used up, and a run that does not wait, are conflicts', async () => {
  const id = await harness.submit({ budget: { maxTokens: 20, maxUsd: 1 } })
  await expect(resume(id)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/is queued/) })
  await harness.execute(id)
  const refusal = { code: 'CONFLICT', data: { scope: 'run', kind: 'usd', used: CALL_USD, limit: 1 } }
  await expect(resume(id)).rejects.toMatchObject({
    ...refusal,
    message: expect.stringMatching(/\$2\.0000 of \$1 \(budget\.max_usd\)/),
  })
  await expect(resume(id, { maxTokens: 100 })).rejects.toMatchObject(refusal)
  await resume(id, { maxUsd: 50 })
  await expect(resume(id, { maxUsd: 60 })).rejects.toMatchObject({ code: 'CONFLICT' })
  await harness.execute(id)
  // the limit that was not named stays
  expect(await harness.present(id)).toMatchObject({
    status: 'waiting',
    metadata: { budget: { limits: { maxTokens: 20, maxUsd: 50 } } },
  })
  await resume(id, { maxTokens: 500 })
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
  await expect(resume(id)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/is completed/) })
})

test('a run that waits is cancelled at once, with its steps', async () => {
  const id = await harness.submit({ budget: { maxTokens: 10 } })
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('waiting')
  await requestCancel({ pool: harness.database.pool, engine, log: SILENT_LOG }, id, 'no more money')
  const run = await harness.present(id)
  expect(run.status).toBe('cancelled')
  expect(run.waiting).toBeUndefined()
  expect(run.result.steps.map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
  expect((await typesOf(id)).slice(-2)).toEqual(['step.cancelled', 'run.cancelled'])
  await expectGaplessEvents(id)
  await expect(resume(id, { maxTokens: 99 })).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a run that was resumed and that nobody has taken yet can be cancelled too', async () => {
  const id = await harness.submit({ budget: { maxTokens: 10 } })
  await harness.execute(id)
  await resume(id, { maxTokens: 100 })
  await requestCancel({ pool: harness.database.pool, engine, log: SILENT_LOG }, id, 'changed my mind')
  expect((await harness.present(id)).status).toBe('cancelled')
  await harness.execute(id)
  expect(asked()).toHaveLength(1)
})

test('a cancel that comes while a run begins to wait is not lost', async () => {
  const id = await harness.submit({ budget: { maxTokens: 10 } })
  const answer = harness.state.answer
  harness.state.answer = async (one) => {
    // the notification is lost: the run does not know of it when it stops
    await harness.database.pool.query(`UPDATE codex.runs SET cancel_reason = 'enough' WHERE id = $1`, [id])
    return answer(one)
  }
  await expect(harness.execute(id)).rejects.toThrow(/another node/)
  expect((await harness.present(id)).status).toBe('running')
  // taken up again, as the sweep does: the request is seen at the claim
  expect(await claimRun(harness.database.pool, id, 'node')).toMatchObject({ cancelReason: 'enough' })
})

test('four fifths of a limit are told of once, also over a crash and a resume', async () => {
  const id = await harness.submit({ budget: { maxTokens: 36, maxUsd: 1_000 } })
  const stop = new AbortController()
  const answer = harness.state.answer
  harness.state.answer = (one) => {
    if (one.n === 3) stop.abort(new RunInterruption('shutdown'))
    return answer(one)
  }
  await expect(harness.execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  await harness.execute(id)
  await resume(id, { maxTokens: 46 }).catch(() => {})
  const warnings = (await harness.events(id)).filter(({ type }) => type === 'budget.warned')
  expect(warnings.map(({ data }) => data)).toEqual([{ scope: 'run', kind: 'tokens', used: 30, limit: 36 }])
})

test('steps at the same time are never more than one call over, and both stop cleanly', async () => {
  // Reviewer and TestGenerator work at the same time after Code's two calls
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Reviewer') return { ...REVIEW, tokens: { input: 100, output: 0 } }
    if (agent === 'TestGenerator')
      return { ...([write('add.test.js', TEST), FINISH][turn] ?? FINISH), tokens: { input: 100, output: 0 } }
    return TURNS[turn] ?? FINISH
  }
  const id = await harness.submit({
    agentSequence: ['code', 'reviewer', 'test_generator'],
    options: { verify: false },
    budget: { maxTokens: 31 },
  })
  await harness.execute(id)
  const parked = await harness.present(id)
  expect(parked).toMatchObject({ status: 'waiting', waiting: { budget: { used: 130, limit: 31 } } })
  expect(asked()).toHaveLength(3)
  expect(parked.result.steps.filter(({ status }) => status === 'failed')).toEqual([])
  await resume(id, { maxTokens: 10_000 })
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
  expect(asked()).toHaveLength(5)
})

test('time of execution runs out in the middle of a call: it is ended, and repeated after the resume', async () => {
  const id = await harness.submit({ budget: { maxDurationS: 1.5 } })
  let hang = true
  const answer = harness.state.answer
  harness.state.answer = (one) => (one.n === 2 && hang ? new Promise<never>(() => {}) : answer(one))
  await harness.execute(id)
  const parked = await harness.present(id)
  expect(parked).toMatchObject({
    status: 'waiting',
    waiting: { reason: 'budget', budget: { scope: 'run', kind: 'duration', limit: 1.5 } },
  })
  expect(parked.waiting?.message).toMatch(/of 1\.5 s \(budget\.max_duration_s\)/)
  expect(parked.metadata.budget?.used.durationS).toBeGreaterThanOrEqual(1.5)
  expect(asked()).toHaveLength(2)
  const warned = (await harness.events(id)).filter(({ type }) => type === 'budget.warned')
  expect(warned).toMatchObject([{ data: { scope: 'run', kind: 'duration', limit: 1.5 } }])
  await expect(resume(id)).rejects.toMatchObject({ code: 'CONFLICT', data: { kind: 'duration' } })
  hang = false
  await resume(id, { maxDurationS: 60 })
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
  expect(asked()).toEqual(['Code', 'Code', 'Code', 'Reviewer'])
})

test('time of execution runs out in a command: it is killed', async () => {
  const argv = ['sh', '-c', 'sleep 30; touch late.txt']
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Reviewer' ? REVIEW : ([{ tool: 'run_command', input: { argv } }, ...TURNS][turn] ?? FINISH)
  const id = await harness.submit({ budget: { maxDurationS: 2 } })
  const startedAt = performance.now()
  await harness.execute(id)
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  expect(await harness.present(id)).toMatchObject({ status: 'waiting', waiting: { budget: { kind: 'duration' } } })
  expect((await readCalls(harness.database, id)).map(({ kind }) => kind)).toEqual(['model'])
})

test('a price that is not known counts tokens only, and a limit in dollars says so once', async () => {
  const free = await createRunHarness()
  try {
    free.state.answer = harness.state.answer
    const id = await free.submit({ budget: { maxUsd: 0.000001, maxTokens: 10_000 } })
    await free.execute(id)
    const run = await free.present(id)
    expect(run).toMatchObject({ status: 'completed', metadata: { costUsd: null } })
    expect(run.metadata.warnings.filter((warning) => /price of openai:scripted is unknown/.test(warning))).toHaveLength(
      1,
    )
  } finally {
    await free.close()
  }
})
