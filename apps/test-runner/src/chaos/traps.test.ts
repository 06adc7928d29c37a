import { expect, test, vi } from 'vitest'
import { BOUNDARIES, type Boundary } from './boundaries.ts'
import { createTraps } from './traps.ts'

function boundary(name: string): Boundary {
  const found = BOUNDARIES.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`there is no boundary ${name}`)
  return found
}
const unit = (sql: string, text = sql) => ({ sql, text, bytes: Buffer.from(text) })
const RECORD = 'UPDATE codex.runs SET last_seq = last_seq + jsonb_array_length($3::jsonb)'

test('catches the first node that comes by, once', async () => {
  const traps = createTraps()
  const spring = vi.fn().mockResolvedValue('break')
  const caught = traps.set(boundary('submit.before'), spring, 10_000)
  const submit = unit('INSERT INTO codex.runs (id)')
  expect(traps.listenerOf('node-1').before(unit('SELECT 1'))).toBeNull()
  expect(await traps.listenerOf('node-2').before(submit)).toBe('break')
  expect(traps.listenerOf('node-1').before(submit)).toBeNull()
  expect(await caught).toBe('node-2')
  expect(spring).toHaveBeenCalledExactlyOnceWith('node-2')
})

test('of two nodes that wait for their commits the first to hear of it is caught', async () => {
  const traps = createTraps()
  const caught = traps.set(boundary('run-end.after'), async () => 'break', 10_000)
  const end = unit(RECORD, '[{"type":"run.completed"}]')
  const [first, second] = ['node-1', 'node-2'].map((node) => traps.listenerOf(node).after(end))
  expect(await second?.()).toBe('break')
  expect(await first?.()).toBe('go-on')
  expect(await caught).toBe('node-2')
})

test('says so when nobody came by, and catches nobody later', async () => {
  const traps = createTraps()
  expect(await traps.set(boundary('model.asked'), async () => 'break', 1)).toBeNull()
  expect(traps.awaits('worktree')).toBe(false)
  await traps.modelReached('asked', 'node-1')
})

test.each([
  ['claim.before', "UPDATE codex.runs r SET … 'run.recovered'", ''],
  ['queue.before', 'INSERT INTO "dbos".workflow_status', ''],
  ['begin.before', "INSERT INTO dbos.workflow_status; UPDATE codex.runs r … 'run.recovered'", ''],
  ['model-call.before', RECORD, '{"kind":"model","requestDigest":"x"}'],
  ['command.before', RECORD, '{"kind":"command","requestDigest":"x"}'],
  ['step-end.before', RECORD, '{"type":"step.completed"}'],
  ['engine-end.before', 'UPDATE "dbos".workflow_status SET status=$2', 'SUCCESS'],
  ['recover.before', 'UPDATE "dbos".workflow_status SET started_at_epoch_ms = NULL WHERE executor_id = $4', ''],
])('%s knows its statement, and no other does', (name, sql, text) => {
  const matching = BOUNDARIES.filter(
    ({ place }) => place.at === 'database' && place.when === 'before' && place.matches(unit(sql, text)),
  )
  expect(matching.map((found) => found.name)).toEqual([name])
})
