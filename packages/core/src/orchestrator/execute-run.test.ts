import { CodexError } from '@codex/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCalls } from '../store/read-run.ts'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

let harness: RunHarness

/** Called with the number of each request before it is answered. */
let onRequest: (n: number) => Promise<void> | void = () => {}

beforeAll(async () => {
  harness = await createRunHarness()
  harness.state.answer = async ({ agent, turn, n }) => {
    await onRequest(n)
    return agent === 'Reviewer' ? REVIEW : (CODE[turn] ?? FINISH)
  }
})
afterAll(() => harness.close())
beforeEach(() => {
  onRequest = () => {}
  harness.state.requests = []
})

const SOURCE = 'exports.add = (a, b) => a + b\n'
const TEST = `const { test } = require('node:test')
const assert = require('node:assert')
const { add } = require('./add.js')
test('adds', () => assert.equal(add(1, 2), 3))
`
const CODE: readonly Reply[] = [
  write('add.js', SOURCE),
  { tool: 'run_command', input: { argv: ['sh', '-c', 'echo ran >> log.txt'] } },
  write('add.test.js', TEST),
]
/** Code's four turns and the review. */
const CALLS = ['Code', 'Code', 'Code', 'Code', 'Reviewer']

const submit = () => harness.submit({ options: { testFramework: 'node:test', mutants: 0 } })
const asked = () => harness.state.requests.map(({ agent }) => agent)

async function expectWholeRun(id: string): Promise<void> {
  const run = await harness.present(id)
  expect(run.error).toBeUndefined()
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true } })
  expect(run.result.tests?.execution).toMatchObject({ passed: 1, failed: 0 })
  // the command ran once as far as the result is concerned, however often the process died
  expect(run.result.changes?.edits.find((edit) => edit.path === 'log.txt')?.content).toBe('ran\n')
  const events = await harness.events(id)
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter((event) => event.type === 'model.called')).toHaveLength(CALLS.length)
}

test('a run goes through its agents, its tests and its review', async () => {
  const id = await submit()
  await harness.execute(id)
  await expectWholeRun(id)
  expect(asked()).toEqual(CALLS)
})

test.each([1, 2, 3, 4, 5])('interrupted during model call %i, it goes on and repeats only that call', async (place) => {
  const id = await submit()
  const stop = new AbortController()
  onRequest = (n) => {
    if (n === place) stop.abort(new RunInterruption('shutdown'))
  }
  await expect(harness.execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  expect((await harness.present(id)).status).toBe('running')
  onRequest = () => {}
  await harness.execute(id)
  await expectWholeRun(id)
  expect(asked()).toHaveLength(CALLS.length + 1)
  expect((await readCalls(harness.database, id)).filter((call) => call.kind === 'model')).toHaveLength(CALLS.length)
})

test('interrupted right after a call was recorded, it repeats nothing', async () => {
  const id = await submit()
  // the call before is recorded by the time the next one is asked: stopping there without an answer is the same place
  const stop = new AbortController()
  onRequest = async (n) => {
    if (n !== 3) return
    stop.abort(new RunInterruption('shutdown'))
    await new Promise<never>(() => {})
  }
  await expect(harness.execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  const finished = (await readCalls(harness.database, id)).filter((call) => call.kind === 'model').length
  expect(finished).toBe(2)
  onRequest = () => {}
  harness.state.requests = []
  await harness.execute(id)
  expect(asked()).toHaveLength(CALLS.length - finished)
  await expectWholeRun(id)
})

test('a node that was taken for dead and wakes up writes nothing', async () => {
  const id = await submit()
  let release: () => void = () => {}
  const frozen = new Promise<void>((resolve) => {
    release = resolve
  })
  let taken: Promise<void> = Promise.resolve()
  onRequest = async (n) => {
    if (n !== 2) return
    onRequest = () => {}
    taken = harness.execute(id) // another node takes over while this call hangs
    await frozen
  }
  const zombie = harness.execute(id)
  await expect.poll(() => taken !== undefined && asked().length >= CALLS.length + 1, { timeout: 60_000 }).toBe(true)
  await taken
  release()
  await expect(zombie).rejects.toThrow(/another node/)
  await expectWholeRun(id)
})

test('a cancelled run ends as cancelled, with what was made until then', async () => {
  const id = await submit()
  const stop = new AbortController()
  onRequest = (n) => {
    if (n === 3) stop.abort(new CodexError('CANCELLED', 'enough'))
  }
  await harness.execute(id, stop.signal)
  const run = await harness.present(id)
  expect(run.status).toBe('cancelled')
  expect(run.result.steps.map((step) => step.status)).toEqual(['cancelled', 'cancelled'])
})

test('a model that fails for good fails the run with step and agent, and keeps what was made', async () => {
  const id = await submit()
  onRequest = (n) => {
    if (n === 5) throw new Error('the model server breaks')
  }
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run.status).toBe('failed')
  expect(run.error).toMatchObject({ step: 'reviewer', agent: 'Reviewer' })
  expect(run.result.changes).toBeDefined()
  expect(run.result.patch).toContain('add.js')
})

test('a repository that is not there fails the run with its name, and asks no model', async () => {
  const id = await harness.submit({ repository: { path: '/nothing-here' } })
  await harness.execute(id)
  const run = await harness.present(id)
  expect(run.status).toBe('failed')
  expect(run.error).toMatchObject({ code: 'REPOSITORY_UNREACHABLE', message: expect.stringContaining('/nothing-here') })
  expect(asked()).toEqual([])
})
