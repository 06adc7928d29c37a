import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAnalyzer } from '../verification/index.ts'
import type { RunServices } from './execute-run.ts'
import {
  type Asked,
  createRunHarness,
  FINISH,
  REVIEW,
  type Reply,
  type RunHarness,
  write,
} from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests = []
})

const TEST = `const { test } = require('node:test')
const assert = require('node:assert')
const { add } = require('./add.js')
test('adds', () => assert.equal(add(1, 2), 3))
`
const DIAGNOSIS: Reply = {
  content: JSON.stringify({
    summary: 'it subtracts',
    rootCauses: [],
    patchSuggestions: [],
    monitoringRecommendations: [],
  }),
}

/** Code writes a wrong function first, and the right one once a diagnosis is there. */
function fixable({ agent, turn, text }: Asked): Reply {
  if (agent === 'Reviewer') return REVIEW
  if (agent === 'Debug') return DIAGNOSIS
  const isFix = text.includes('it subtracts')
  const source = write('add.js', `exports.add = (a, b) => a ${isFix ? '+' : '-'} b\n`)
  const turns = isFix ? [source, FINISH] : [source, write('add.test.js', TEST), FINISH]
  return turns[turn] ?? FINISH
}
const FIXED = ['Code', 'Code', 'Code', 'Debug', 'Code', 'Code', 'Reviewer']

async function submitFixable(): Promise<string> {
  harness.state.answer = fixable
  return await harness.submit({ options: { testFramework: 'node:test' } })
}

/** Executes until the model is asked for the n-th time, and dies there. */
async function dieAt(id: string, place: number): Promise<void> {
  const stop = new AbortController()
  const answer = harness.state.answer
  harness.state.answer = (asked) => {
    if (asked.n === place) stop.abort(new RunInterruption('shutdown'))
    return answer(asked)
  }
  await expect(harness.execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  harness.state.answer = answer
}

test('a red verification is fixed, verified and reviewed again', async () => {
  const id = await submitFixable()
  await harness.execute(id)
  expect(harness.state.requests.map((asked) => asked.agent)).toEqual(FIXED)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true } })
  expect(run.result.patch).toContain('a + b')
})

test.each([4, 5, 6, 7])('dead during model call %i of a fix, it goes on and repeats only that call', async (place) => {
  const id = await submitFixable()
  await dieAt(id, place)
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true, warnings: [] } })
  expect(run.result.patch).toContain('a + b')
  expect(harness.state.requests).toHaveLength(FIXED.length + 1)
  const events = (await harness.events(id)).map((event) => event.type)
  expect(events.filter((type) => type === 'fix.started')).toHaveLength(1)
  expect(events.filter((type) => type === 'verification.completed')).toHaveLength(2)
})

test('where nodes disagree about the time, a recovered run tells of all changes, the last one included', async () => {
  const id = await submitFixable()
  await dieAt(id, 7)
  // the node that wrote first had a clock that was an hour ahead
  await harness.database.pool.query(
    `UPDATE codex.steps SET ended_at = ended_at + interval '1 hour' WHERE run_id = $1 AND id = 'code'`,
    [id],
  )
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run.result.patch).toContain('a + b')
  expect(Object.fromEntries(run.result.changes?.edits.map((edit) => [edit.path, edit.content]) ?? [])).toEqual({
    'add.js': 'exports.add = (a, b) => a + b\n',
    'add.test.js': TEST,
  })
})

test('a step that runs beside another one is asked the same again after a crash', async () => {
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Reviewer') return REVIEW
    return [write('add.js', 'exports.add = (a, b) => a + b\n'), write('add.test.js', TEST), FINISH][turn] ?? FINISH
  }
  const answer = harness.state.answer
  const id = await harness.submit({
    agentSequence: ['code', 'reviewer', 'test_generator'],
    options: { testFramework: 'node:test' },
  })
  const stop = new AbortController()
  harness.state.answer = async (asked) => {
    if (asked.agent !== 'TestGenerator' || asked.turn !== 2) {
      return asked.agent === 'TestGenerator' && asked.turn === 0
        ? write('add.test.js', TEST)
        : asked.agent === 'TestGenerator' && asked.turn === 1
          ? write('more.test.js', TEST)
          : answer(asked)
    }
    await expect
      .poll(async () => (await harness.present(id)).result.steps.find((step) => step.agent === 'Reviewer')?.status)
      .toBe('completed')
    stop.abort(new RunInterruption('shutdown'))
    return FINISH
  }
  await expect(harness.execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  const asked = harness.state.requests.length
  harness.state.requests = []
  harness.state.answer = ({ agent }) => (agent === 'Reviewer' ? REVIEW : FINISH)
  await harness.execute(id)
  const run = await harness.present(id)
  expect({ status: run.status, warnings: run.metadata.warnings }).toEqual({ status: 'completed', warnings: [] })
  expect(harness.state.requests.map((request) => request.agent)).toEqual(['TestGenerator'])
  expect(asked).toBeGreaterThan(4)
})

test('program output that jsonb cannot hold replays as it was asked', async () => {
  const turns: Reply[] = [
    { tool: 'run_command', input: { argv: ['printf', 'a\\000b'] } },
    write('add.js', 'exports.add = (a, b) => a + b\n'),
    FINISH,
  ]
  harness.state.answer = ({ agent, turn }) => (agent === 'Reviewer' ? REVIEW : (turns[turn] ?? FINISH))
  const id = await harness.submit()
  await dieAt(id, 3)
  await harness.execute(id)
  expect((await harness.present(id)).metadata.warnings.filter((warning) => warning.includes('afresh'))).toEqual([])
  expect(harness.state.requests).toHaveLength(5)
})

test('warnings raised before a crash are in the result, beside those of the plan', async () => {
  const id = await submitFixable()
  await harness.database.pool.query(
    `UPDATE codex.runs SET plan = jsonb_set(plan, '{warnings}', '["of the plan"]') WHERE id = $1`,
    [id],
  )
  const answer = harness.state.answer
  // Debug names a place that does not exist, which it is warned of
  harness.state.answer = (asked) =>
    asked.agent === 'Debug'
      ? {
          content: JSON.stringify({
            summary: 'it subtracts',
            rootCauses: [{ hypothesis: 'h', confidence: 0.5, evidence: [{ path: 'nowhere.js', line: 9, log: 'x' }] }],
            patchSuggestions: [],
            monitoringRecommendations: [],
          }),
        }
      : answer(asked)
  await dieAt(id, 6)
  const told = (await harness.events(id)).filter((event) => event.type === 'warning.raised')
  expect(told.length).toBeGreaterThan(0)
  await harness.execute(id)
  const { warnings } = (await harness.present(id)).metadata
  expect(warnings).toContain('of the plan')
  for (const event of told) expect(warnings).toContain((event.data as { message: string }).message)
})

test('calls whose question changed are asked afresh, as often as it changes, and what they cost stays counted', async () => {
  const id = await submitFixable()
  await dieAt(id, 3)
  const forget = () =>
    harness.database.pool.query(`UPDATE codex.calls SET request_digest = 'of another version' WHERE run_id = $1`, [id])
  await forget()
  harness.state.requests = []
  await dieAt(id, 3)
  await forget()
  harness.state.requests = []
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true } })
  const code = run.result.steps.find((step) => step.id === 'code')
  expect(code?.attempts).toBe(3)
  // two calls of each abandoned attempt were paid for
  expect(code?.usage.modelCalls).toBe(2 + 2 + 3)
  const started = (await harness.events(id)).filter((event) => event.type === 'step.started' && event.stepId === 'code')
  expect(started.map((event) => event.attempt)).toEqual([1, 2, 3])
})

test('dead between the failure of a step and the end of its run, the run fails with it and repeats nothing', async () => {
  const id = await submitFixable()
  harness.state.answer = (asked) => {
    if (asked.n === 3) throw new Error('the model server breaks')
    return fixable(asked)
  }
  await harness.execute(id)
  const { error } = await harness.present(id)
  expect(error).toMatchObject({ step: 'code' })
  // everything but the last write
  await harness.database.pool.query(
    `WITH last AS (DELETE FROM codex.events WHERE run_id = $1 AND type = 'run.failed')
     UPDATE codex.runs SET status = 'running', error = NULL, ended_at = NULL, last_seq = last_seq - 1 WHERE id = $1`,
    [id],
  )
  harness.state.requests = []
  await harness.execute(id)
  expect(await harness.present(id)).toMatchObject({ status: 'failed', error })
  expect(harness.state.requests).toHaveLength(0)
  expect((await harness.events(id)).filter((event) => event.type === 'step.failed')).toHaveLength(1)
})

test('nothing is begun for a run that is cancelled already', async () => {
  const id = await submitFixable()
  await harness.execute(id, AbortSignal.abort(new CodexError('CANCELLED', 'enough')))
  expect((await harness.present(id)).status).toBe('cancelled')
  expect((await harness.events(id)).map((event) => event.type)).not.toContain('step.started')
})

test('a review with findings of analyzers is asked the same again after a crash, and nothing is analyzed twice', async () => {
  const services = {
    ...harness.services,
    analyzer: createAnalyzer({ stagingDirectory: join(harness.folder, 'toolchain') }),
  }
  const source = `exports.run = (code) => eval(code)\nexports.list = (dir) => require('node:child_process').execSync('ls ' + dir)\n`
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Reviewer' ? REVIEW : turn === 0 ? write('run.js', source) : FINISH
  const id = await harness.submit({ options: { verify: false } })
  const stop = new AbortController()
  const answer = harness.state.answer
  harness.state.answer = (asked) => {
    if (asked.agent === 'Reviewer') stop.abort(new RunInterruption('shutdown'))
    return answer(asked)
  }
  await expect(harness.execute(id, stop.signal, services)).rejects.toBeInstanceOf(RunInterruption)
  harness.state.answer = answer
  await harness.execute(id, undefined, services)
  const run = await harness.present(id)
  expect(run.status).toBe('completed')
  expect(run.metadata.warnings.join()).not.toContain('afresh')
  expect(run.result.review?.findings.map(({ source: by }) => by)).toContain('ast-grep')
  const analyses = (await harness.events(id)).filter((event) => event.type === 'analysis.completed')
  expect(analyses).toHaveLength(1)
})

test('a run that an earlier version queued, without gates, goes through', async () => {
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Reviewer' ? REVIEW : turn === 0 ? write('add.js', 'exports.add = (a, b) => a + b\n') : FINISH
  const id = await harness.submit()
  await harness.database.pool.query("UPDATE codex.runs SET plan = plan - 'gates' - 'analysis' WHERE id = $1", [id])
  await harness.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
})

test('files after a recorded command that cannot be brought back fail the run, and the model is not told', async () => {
  const turns: readonly Reply[] = [
    write('a.txt', 'a\n'),
    { tool: 'run_command', input: { argv: ['sh', '-c', 'echo once >> b.txt'] } },
    FINISH,
  ]
  harness.state.answer = ({ turn }) => turns[turn] ?? FINISH
  const id = await harness.submit({ agentSequence: ['code'], options: { verify: false } })
  await dieAt(id, 3)
  const asked = harness.state.requests.length
  const { workspaces } = harness.services
  const withoutObjects: RunServices = {
    ...harness.services,
    workspaces: {
      ...workspaces,
      async open(...place) {
        const workspace = await workspaces.open(...place)
        const restore = async (tree: string) => {
          if (tree !== workspace.baseTree) throw new CodexError('WORKSPACE_ERROR', 'the tree is not here')
          await workspace.restore(tree)
        }
        return Object.assign(Object.create(workspace), { restore })
      },
    },
  }
  await harness.execute(id, new AbortController().signal, withoutObjects)
  const run = await harness.present(id)
  expect(run.status).toBe('failed')
  expect(run.error?.message).toMatch(/after a recorded call cannot be brought back: the tree is not here/)
  expect(harness.state.requests).toHaveLength(asked)
  // what was paid for before the takeover is told, although it was not replayed to its end
  expect(run.metadata.usage.totalTokens).toBe(30)
})
