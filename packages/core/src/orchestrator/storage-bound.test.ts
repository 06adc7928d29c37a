import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRunHarness, FINISH, REVIEW, type RunHarness, write } from './run-harness.fixture.ts'

const MAX_BYTES = 400_000
/** A run without large files takes less than a tenth of the limit. */
const LARGE = `exports.text = '${'x'.repeat(150_000)}'\n`
let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(async () => {
  await harness.close()
})
beforeEach(() => {
  harness.state.requests = []
})

const BOUND = { verify: false }
const execute = (id: string) =>
  harness.execute(id, new AbortController().signal, { ...harness.services, maxRunBytes: MAX_BYTES })

async function storedBytes(id: string): Promise<number> {
  const { rows } = await harness.database.pool.query<{ bytes: number }>(
    'SELECT stored_bytes::float8 AS bytes FROM codex.runs WHERE id = $1',
    [id],
  )
  return rows[0]?.bytes ?? Number.NaN
}

test('a run within the limit ends as ever, and says how much it stored', async () => {
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Code' ? (turn === 0 ? write('add.js', 'exports.add = 1\n') : FINISH) : REVIEW
  const id = await harness.submit({ options: BOUND })
  await execute(id)
  const run = await harness.present(id)
  expect(run.status).toBe('completed')
  expect(run.metadata.storedBytes).toBe(await storedBytes(id))
  expect(run.metadata.storedBytes).toBeGreaterThan(1_000)
  expect(run.metadata.storedBytes).toBeLessThan(MAX_BYTES / 10)
})

test('a run that would store more fails, with its end, and stays under the limit', async () => {
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Code' ? (turn < 9 ? write(`large-${turn}.js`, LARGE) : FINISH) : REVIEW
  const id = await harness.submit({ options: BOUND })
  await execute(id)
  const run = await harness.present(id)
  expect(run.status).toBe('failed')
  expect(run.error).toMatchObject({ code: 'STORAGE_EXCEEDED', retryable: false, step: 'code' })
  expect(run.error?.message).toMatch(/a run may store 400000 \(CODEX_MAX_RUN_MB\)/)
  expect(run.result.steps.map((step) => [step.id, step.status])).toEqual([
    ['code', 'failed'],
    ['reviewer', 'skipped'],
  ])
  const events = await harness.events(id)
  expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'STORAGE_EXCEEDED' } } })
  expect(await storedBytes(id)).toBeLessThanOrEqual(MAX_BYTES)
  // nothing was asked for once it was clear that nothing more could be kept, and the call that did not fit is told of
  expect(harness.state.requests.length).toBeLessThan(4)
  expect(run.metadata.usage.modelCalls).toBe(harness.state.requests.length)
})

test('what was stored before a node died counts as well', async () => {
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Code' ? (turn === 0 ? write('add.js', LARGE) : FINISH) : REVIEW
  const id = await harness.submit({ options: BOUND })
  await harness.database.pool.query('UPDATE codex.runs SET stored_bytes = $2 WHERE id = $1', [id, MAX_BYTES - 80_000])
  await execute(id)
  expect((await harness.present(id)).error).toMatchObject({ code: 'STORAGE_EXCEEDED' })
  expect(await storedBytes(id)).toBeLessThanOrEqual(MAX_BYTES)
})

test('an end is written however little room is left', async () => {
  const id = await harness.submit({ options: BOUND })
  await harness.database.pool.query('UPDATE codex.runs SET stored_bytes = $2 WHERE id = $1', [id, MAX_BYTES])
  await execute(id)
  const run = await harness.present(id)
  expect(run.error).toMatchObject({ code: 'STORAGE_EXCEEDED' })
  expect(run.metadata.endTime).not.toBeNull()
  expect((await harness.events(id)).at(-1)?.type).toBe('run.failed')
})
