import { CodexError, NO_USAGE, type RunEvent } from '@codex/protocol'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { watchRun } from '../orchestrator/watch-run.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { claimRun } from './claim-run.ts'
import { type Database, openDatabase } from './database.ts'
import { listRuns } from './list-runs.ts'
import { migrateDatabase } from './migrate.ts'
import { readEvents } from './read-events.ts'
import { readArtifacts, readCalls, readRun, readSteps } from './read-run.ts'
import { recordRun, type StepRow } from './record-run.ts'
import { listenToRuns } from './run-notifications.ts'
import { archiveSession, createSession, getSession } from './sessions.ts'
import { type NewRun, submitRun } from './submit-run.ts'

let server: TestDatabase
let database: Database

beforeEach(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  database = openDatabase(server.url, { onError: () => {} })
})
afterEach(async () => {
  await database.close()
  await server.drop()
})

const PLAN = { schemaVersion: 1, groups: [], warnings: [] } as unknown as RunPlan // the store does not look inside

function newRun(overrides: Partial<NewRun> = {}): NewRun {
  return {
    id: uuidv7(),
    prompt: 'build a thing',
    plan: PLAN,
    agentSequence: ['Spec', 'Code'],
    workflow: null,
    sessionId: null,
    labels: {},
    idempotencyKey: null,
    requestDigest: 'digest',
    ...overrides,
  }
}

function step(overrides: Partial<StepRow> = {}): StepRow {
  return {
    id: 'spec',
    position: 0,
    agent: 'Spec',
    status: 'completed',
    attempts: 1,
    model: 'builtin:composer',
    modelReason: 'because',
    startedAt: new Date('2026-01-01T00:00:00Z'),
    endedAt: new Date('2026-01-01T00:00:01Z'),
    inputTree: 'a',
    outputTree: 'b',
    usage: NO_USAGE,
    costUsd: null,
    artifacts: { spec: 'd1' },
    error: null,
    ...overrides,
  }
}

async function submitAndClaim(run = newRun()): Promise<{ id: string; epoch: number }> {
  await submitRun(database.pool, run, 100)
  const claimed = await claimRun(database.pool, run.id, 'node-1')
  return { id: run.id, epoch: claimed?.epoch ?? -1 }
}

test('migrating twice, also at the same time, is harmless', async () => {
  await Promise.all([migrateDatabase(server.url, async () => {}), migrateDatabase(server.url, async () => {})])
  expect((await listRuns(database, {})).rows).toEqual([])
})

test('one write commits state, step, call, artifact and gapless events together', async () => {
  const { id, epoch } = await submitAndClaim()
  const seq = await recordRun(database.pool, {
    runId: id,
    epoch,
    run: { warnings: ['w'], baseTree: 'tree' },
    steps: [step()],
    calls: [
      {
        stepId: 'spec',
        attempt: 1,
        n: 0,
        kind: 'model',
        requestDigest: 'q',
        result: { text: 'nul \u0000 and \ud800 lone' },
      },
    ],
    artifacts: [{ digest: 'd1', kind: 'spec', content: { title: 'T' } }],
    events: [
      { type: 'warning.raised', data: { message: 'w' } },
      { type: 'step.cancelled', stepId: 'spec', attempt: 1, data: { agent: 'Spec' } },
    ],
  })
  expect(seq).toBe(4)
  const events = await readEvents(database.pool, id, { after: 0, limit: 100 })
  expect(events.map((event) => [event.seq, event.type])).toEqual([
    [1, 'run.queued'],
    [2, 'run.started'],
    [3, 'warning.raised'],
    [4, 'step.cancelled'],
  ])
  expect((await readSteps(database, [id])).get(id)).toEqual([step()])
  expect((await readCalls(database, id))[0]?.result).toEqual({ text: 'nul \ufffd and \ufffd lone' })
  expect((await readArtifacts(database, ['d1'])).get('d1')).toEqual({ title: 'T' })
  expect(await readRun(database, id)).toMatchObject({
    warnings: ['w'],
    baseTree: 'tree',
    status: 'running',
    lastSeq: 4,
  })
})

test('a node that lost the run to another one writes nothing', async () => {
  const { id, epoch } = await submitAndClaim()
  const taken = await claimRun(database.pool, id, 'node-2')
  expect(taken).toMatchObject({ epoch: epoch + 1, recovered: true })
  expect(
    await recordRun(database.pool, { runId: id, epoch, run: { status: 'completed' }, steps: [step()], events: [] }),
  ).toBeNull()
  expect((await readSteps(database, [id])).get(id)).toEqual([])
  expect((await readRun(database, id))?.status).toBe('running')
})

test('a run that has ended is never written or claimed again', async () => {
  const { id, epoch } = await submitAndClaim()
  await recordRun(database.pool, { runId: id, epoch, run: { status: 'failed' }, events: [] })
  expect(await recordRun(database.pool, { runId: id, epoch, run: { status: 'completed' }, events: [] })).toBeNull()
  expect(await claimRun(database.pool, id, 'node-1')).toBeNull()
})

test('writers at the same time leave no gap in the numbers', async () => {
  const { id, epoch } = await submitAndClaim()
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      recordRun(database.pool, {
        runId: id,
        epoch,
        events: [{ type: 'warning.raised', data: { message: String(index) } }],
      }),
    ),
  )
  const events = await readEvents(database.pool, id, { after: 0, limit: 100 })
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1))
})

test('the same idempotency key finds the same run; another request under it is refused', async () => {
  const first = newRun({ idempotencyKey: 'k' })
  const results = await Promise.all([1, 2, 3].map(() => submitRun(database.pool, { ...first, id: uuidv7() }, 100)))
  expect(new Set(results.map((result) => result.id)).size).toBe(1)
  expect(results.filter((result) => result.created)).toHaveLength(1)
  const other = submitRun(database.pool, newRun({ idempotencyKey: 'k', requestDigest: 'other' }), 100)
  await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
})

test('a full queue refuses with the limit and when to come back, and keeps nothing', async () => {
  await submitRun(database.pool, newRun(), 1)
  const refused = await submitRun(database.pool, newRun(), 1).catch((error: unknown) => error)
  expect(CodexError.isInstance(refused) && refused.code).toBe('QUEUE_FULL')
  expect(CodexError.isInstance(refused) && refused.retryAfterS).toBe(5)
  expect((await listRuns(database, {})).rows).toHaveLength(1)
})

test('pages through history newest first, without repeats while new runs come in', async () => {
  for (let index = 0; index < 5; index++) await submitRun(database.pool, newRun({ prompt: `run ${index}` }), 100)
  const first = await listRuns(database, { limit: 2 })
  await submitRun(database.pool, newRun({ prompt: 'later' }), 100)
  const second = await listRuns(database, { limit: 2, cursor: first.nextCursor ?? '' })
  const third = await listRuns(database, { limit: 2, cursor: second.nextCursor ?? '' })
  expect([...first.rows, ...second.rows, ...third.rows].map((row) => row.prompt)).toEqual([
    'run 4',
    'run 3',
    'run 2',
    'run 1',
    'run 0',
  ])
  expect(third.nextCursor).toBeNull()
  await expect(listRuns(database, { cursor: 'made-up' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

test('filters by status, agent, time, labels and words', async () => {
  await submitRun(database.pool, newRun({ prompt: 'a server for books', labels: { team: 'blue' } }), 100)
  const { id, epoch } = await submitAndClaim(newRun({ prompt: 'a cli for cats', agentSequence: ['Reviewer'] }))
  await recordRun(database.pool, { runId: id, epoch, run: { status: 'completed' }, events: [] })
  const prompts = async (input: Parameters<typeof listRuns>[1]) =>
    (await listRuns(database, input)).rows.map((row) => row.prompt)
  expect(await prompts({ status: 'completed' })).toEqual(['a cli for cats'])
  expect(await prompts({ agent: 'Spec' })).toEqual(['a server for books'])
  expect(await prompts({ q: 'books' })).toEqual(['a server for books'])
  expect(await prompts({ q: 'blue' })).toEqual(['a server for books'])
  expect(await prompts({ since: new Date(Date.now() + 60_000) })).toEqual([])
  expect(await prompts({ until: new Date(Date.now() + 60_000) })).toHaveLength(2)
})

test('a watcher gets every event once and in order, those before it and those that come', async () => {
  const notifications = await listenToRuns(server.url, SILENT_LOG)
  try {
    const { id, epoch } = await submitAndClaim()
    const seen: RunEvent[] = []
    const watching = (async () => {
      for await (const event of watchRun(database.pool, notifications, id, {
        after: 1,
        signal: new AbortController().signal,
      })) {
        seen.push(event)
      }
    })()
    for (let index = 0; index < 10; index++) {
      await recordRun(database.pool, {
        runId: id,
        epoch,
        events: [{ type: 'warning.raised', data: { message: String(index) } }],
      })
    }
    await recordRun(database.pool, {
      runId: id,
      epoch,
      run: { status: 'completed' },
      events: [{ type: 'run.completed', data: { success: true, verified: true } }],
    })
    await watching
    expect(seen.map((event) => event.seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect(seen.at(-1)?.type).toBe('run.completed')
  } finally {
    await notifications.close()
  }
})

test('a watcher stops when its signal is aborted', async () => {
  const notifications = await listenToRuns(server.url, SILENT_LOG)
  try {
    const { id } = await submitAndClaim()
    const controller = new AbortController()
    const seen: number[] = []
    for await (const event of watchRun(database.pool, notifications, id, { after: 0, signal: controller.signal })) {
      seen.push(event.seq)
      if (event.seq === 2) controller.abort()
    }
    expect(seen).toEqual([1, 2])
  } finally {
    await notifications.close()
  }
})

test('sessions count their runs, and archiving keeps them', async () => {
  const session = await createSession(database.pool, { title: 'my line of work' })
  await submitRun(database.pool, newRun({ sessionId: session.id }), 100)
  expect(await getSession(database.pool, session.id)).toMatchObject({
    title: 'my line of work',
    runs: 1,
    archivedAt: null,
  })
  expect((await archiveSession(database.pool, session.id)).archivedAt).toBeInstanceOf(Date)
  await expect(getSession(database.pool, uuidv7())).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('keys, values and lone surrogates that jsonb cannot hold do not stop a write', async () => {
  const { id, epoch } = await submitAndClaim()
  const result = { 'a\u0000b': ['\ud800', { '\udfff': 'c\u0000' }], text: 'a literal \\u0000 stays' }
  const call = { stepId: 'spec', attempt: 1, n: 0, kind: 'model', requestDigest: 'q', result }
  await recordRun(database.pool, { runId: id, epoch, calls: [call], events: [] })
  expect((await readCalls(database, id))[0]?.result).toEqual({
    'a\ufffdb': ['\ufffd', { '\ufffd': 'c\ufffd' }],
    text: 'a literal \\u0000 stays',
  })
})

test('a content that is made again counts as new, so that retention leaves it', async () => {
  const { id, epoch } = await submitAndClaim()
  const artifacts = [{ digest: 'd1', kind: 'spec', content: { title: 'T' } }]
  await recordRun(database.pool, { runId: id, epoch, artifacts, events: [] })
  await database.pool.query(`UPDATE codex.artifacts SET created_at = now() - interval '2 days'`)
  await recordRun(database.pool, { runId: id, epoch, artifacts, events: [] })
  const old = await database.pool.query(`SELECT 1 FROM codex.artifacts WHERE created_at < now() - interval '1 day'`)
  expect(old.rowCount).toBe(0)
})

test('a prompt of the greatest length with all its labels is stored and found', async () => {
  // as many different words as fit, of characters that take four bytes
  let prompt = ''
  for (let n = 0; prompt.length < 99_990; n++) prompt += `${String.fromCodePoint(0x20000 + n)} `
  const labels = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`label${n}`, `${n} `.repeat(200)]))
  await submitRun(database.pool, newRun({ prompt, labels }), 100)
  expect((await listRuns(database, { q: 'label63' })).rows).toHaveLength(1)
})

test('search words, titles and prompts may hold what text cannot', async () => {
  await submitRun(database.pool, newRun({ prompt: 'a thing\u0000' }), 100)
  expect((await listRuns(database, { q: 'thing\u0000' })).rows).toHaveLength(1)
  expect((await createSession(database.pool, { title: 'a\u0000' })).title).toBe('a\ufffd')
})
