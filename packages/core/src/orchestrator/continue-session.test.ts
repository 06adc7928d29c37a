import { CodexError } from '@codex/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimRun } from '../store/claim-run.ts'
import { readRun } from '../store/read-run.ts'
import { createSession } from '../store/sessions.ts'
import { submitRun } from '../store/submit-run.ts'
import { continueSession } from './continue-session.ts'
import { planRun } from './plan-run.ts'
import { createRunHarness, FINISH, REVIEW, type RunHarness, write } from './run-harness.fixture.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
}, 60_000)
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests.length = 0
})

/** Submits a run as the orchestrator does for one of a session whose runs made changes and a review. */
async function submit(sessionId: string, agentSequence: string[], prompt = 'add'): Promise<string> {
  const request = { prompt, agentSequence, sessionId, options: { verify: false } }
  const session = { repository: null, context: { language: 'go', tone: 'terse' }, given: new Set(['changes'] as const) }
  const planned = planRun({ ...request, context: { tone: 'friendly' } }, harness.planner, session)
  const run = { ...harness.plan({ sessionId }), ...planned }
  await submitRun(harness.database.pool, run, 1_000)
  return run.id
}

async function newSession(): Promise<string> {
  return (await createSession(harness.database.pool, {})).id
}

function codeWrites(path: string, content: string): void {
  harness.state.answer = ({ agent, turn }) => (agent === 'Code' ? (turn === 0 ? write(path, content) : FINISH) : REVIEW)
}

test('a later run goes on from the tree of the one before and may use its artifacts', async () => {
  const sessionId = await newSession()
  codeWrites('first.js', 'exports.first = 1\n')
  const first = await submit(sessionId, ['code'])
  await harness.execute(first)
  const before = await readRun(harness.database, first)
  expect(before).toMatchObject({ status: 'completed' })

  const review = await submit(sessionId, ['reviewer'])
  await harness.execute(review)
  const reviewed = await readRun(harness.database, review)
  expect(reviewed).toMatchObject({ status: 'completed', baseTree: before?.headTree, headTree: before?.headTree })
  const asked = harness.state.requests.find(({ agent }) => agent === 'Reviewer')
  expect(asked?.text).toContain('first.js')
  expect(asked?.text).toContain('friendly')
  expect(asked?.text).toContain('"language')
  expect(asked?.text).not.toContain('terse')
  // what it was given is none of what it made
  expect((await harness.present(review)).result).not.toHaveProperty('changes')

  codeWrites('second.js', 'exports.second = 2\n')
  const second = await submit(sessionId, ['code'])
  await harness.execute(second)
  const { result, error } = await harness.present(second)
  expect(error).toBeUndefined()
  expect(result.patch).toContain('second.js')
  expect(result.patch).not.toContain('first.js')
  const workspace = await harness.services.workspaces.find(second)
  const head = (await readRun(harness.database, second))?.headTree ?? ''
  expect(await workspace?.listFilesAt(head)).toEqual(['first.js', 'second.js'])
})

test('what a run goes on from is decided once, whatever ends in its session later', async () => {
  const sessionId = await newSession()
  codeWrites('first.js', 'exports.first = 1\n')
  const first = await submit(sessionId, ['code'])
  await harness.execute(first)
  const later = await submit(sessionId, ['reviewer'])
  const claimed = await claimRun(harness.database.pool, later, 'node')
  if (claimed === null) throw new Error('nobody else takes it')
  const { plan } = await continueSession(harness.database, claimed, harness.services.agents)
  expect(plan.source).toMatchObject({ kind: 'run', runId: first })
  // the node dies here; another run ends before it is taken up again
  codeWrites('other.js', 'exports.other = 1\n')
  await harness.execute(await submit(sessionId, ['code']))
  await harness.execute(later)
  expect((await harness.present(later)).error).toBeUndefined()
  const row = await readRun(harness.database, later)
  expect(row?.plan).toMatchObject({ source: plan.source, session: plan.session })
  expect(row).toMatchObject({ status: 'completed', baseTree: (await readRun(harness.database, first))?.headTree })
  // the node that was taken for dead pins nothing any more
  await harness.database.pool.query(`UPDATE codex.runs SET epoch = epoch + 1 WHERE id = $1`, [later])
  await expect(continueSession(harness.database, claimed, harness.services.agents)).rejects.toMatchObject({
    reason: 'superseded',
  })
})

test('a failed run is gone on from, a cancelled one is not', async () => {
  const sessionId = await newSession()
  codeWrites('cancelled.js', 'exports.a = 1\n')
  const cancelled = await submit(sessionId, ['code'])
  await harness.execute(cancelled)
  await harness.database.pool.query(`UPDATE codex.runs SET status = 'cancelled' WHERE id = $1`, [cancelled])
  // counted on when it was submitted, and then not made: it says so and does not begin
  const disappointed = await submit(sessionId, ['reviewer'])
  await harness.execute(disappointed)
  const row = await readRun(harness.database, disappointed)
  expect(row).toMatchObject({ status: 'failed', error: { code: 'UNSATISFIABLE_SEQUENCE' } })

  codeWrites('failed.js', 'exports.b = 1\n')
  const failed = await submit(sessionId, ['code'])
  await harness.execute(failed)
  await harness.database.pool.query(`UPDATE codex.runs SET status = 'failed' WHERE id = $1`, [failed])
  codeWrites('mended.js', 'exports.c = 1\n')
  const next = await submit(sessionId, ['code'])
  await harness.execute(next)
  const head = (await readRun(harness.database, next))?.headTree ?? ''
  const workspace = await harness.services.workspaces.find(next)
  expect(await workspace?.listFilesAt(head)).toEqual(['failed.js', 'mended.js'])
})

test('a request that names a repository begins anew', () => {
  const repository = { path: '/somewhere' }
  const session = { repository: { path: '/session' }, context: {}, given: new Set(['changes'] as const) }
  const request = { prompt: 'x', agentSequence: ['code'] }
  const plan = (own?: typeof repository) =>
    planRun({ ...request, ...(own === undefined ? {} : { repository: own }) }, harness.planner, session).plan
  expect(plan(repository)).toMatchObject({ source: { kind: 'repository', location: '/somewhere' } })
  expect(plan(repository).session).toBeUndefined()
  expect(plan()).toMatchObject({ source: { location: '/session' }, session: { given: null } })
  const alone = () => planRun({ ...request, agentSequence: ['reviewer'], sessionId: 'x' }, harness.planner)
  expect(alone).toThrow(CodexError)
})
