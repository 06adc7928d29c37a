import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())
beforeEach(() => {
  harness.state.requests = []
})

const silent = (): Promise<Reply> => new Promise(() => {})
/** What a coder that changes something says, from its given turn on. */
const code = (turn: number): Reply => [write('add.js', 'exports.add = 1\n')][turn] ?? FINISH
const command = (script: string): Reply => ({ tool: 'run_command', input: { argv: ['sh', '-c', script] } })

async function execute(options: object, agentSequence = ['code']) {
  const id = await harness.submit({ agentSequence, options: { verify: false, ...options } })
  await harness.execute(id)
  return await harness.present(id)
}

test('a model that says nothing is given up when the time of the step is over', async () => {
  harness.state.answer = ({ agent, turn }) => (agent === 'Reviewer' ? silent() : code(turn))
  const run = await execute({ stepTimeoutS: 4 }, ['code', 'reviewer'])
  expect(run).toMatchObject({
    status: 'failed',
    error: {
      code: 'STEP_TIMEOUT',
      message: 'step reviewer took longer than its 4 s (options.step_timeout_s)',
      step: 'reviewer',
      agent: 'Reviewer',
    },
  })
  expect(run.result.steps.map(({ id, status }) => [id, status])).toEqual([
    ['code', 'completed'],
    ['reviewer', 'failed'],
  ])
})

test('the processes of a step over its time are ended with it', async () => {
  const began = performance.now()
  harness.state.answer = () => command('sleep 300 & sleep 300')
  const run = await execute({ stepTimeoutS: 2 })
  expect(run).toMatchObject({ status: 'failed', error: { code: 'STEP_TIMEOUT', step: 'code' } })
  // the sandbox answers only when every process of the command is gone
  expect(performance.now() - began).toBeLessThan(60_000)
})

test('a model call over its time fails the step', async () => {
  harness.state.answer = silent
  const run = await execute({ callTimeoutS: 1 })
  expect(run.error).toMatchObject({
    code: 'STEP_TIMEOUT',
    message: 'a model call of step code took longer than its 1 s (options.call_timeout_s)',
  })
})

test('a command over its time is ended, and the agent goes on with what it is told', async () => {
  harness.state.answer = ({ turn }) => (turn === 0 ? command('sleep 300') : code(turn - 1))
  const run = await execute({ callTimeoutS: 2 })
  expect(run.status).toBe('completed')
  const executed = (await harness.events(run.requestId)).find((event) => event.type === 'command.executed')
  expect(executed?.data).toMatchObject({ limit: 'wall' })
  expect(harness.state.requests[1]?.text).toMatch(/wall|time/)
})

test('a model that stalls is found out, with what was seen last', async () => {
  harness.state.answer = silent
  const run = await execute({ stallTimeoutS: 1 })
  expect(run.error).toMatchObject({ code: 'STEP_TIMEOUT', step: 'code' })
  expect(run.error?.message).toMatch(
    /^nothing happened in step code for 1 s \(options\.stall_timeout_s\); last seen: a request to the model, at \d{4}-/,
  )
})

test('a command that stalls is found out, with what was seen last', async () => {
  harness.state.answer = () => command('echo on; sleep 300')
  const run = await execute({ stallTimeoutS: 2 })
  expect(run.error?.message).toContain('last seen: output of the command "sh -c echo on; sleep 300", at ')
})

test('time that a step used before its node died counts', async () => {
  const stop = new AbortController()
  harness.state.answer = async ({ n }) => {
    if (n > 1) stop.abort(new RunInterruption('shutdown'))
    return n > 1 ? await silent() : command('true')
  }
  const id = await harness.submit({ agentSequence: ['code'], options: { verify: false, stepTimeoutS: 600 } })
  await expect(harness.execute(id, stop.signal)).rejects.toThrow(RunInterruption)
  // as if the step had begun ten minutes ago, and the node had died just now
  await harness.database.pool.query(
    `UPDATE codex.runs SET started_at = started_at - interval '600 s', active_since = active_since - interval '600 s' WHERE id = $1`,
    [id],
  )
  await harness.database.pool.query(
    `UPDATE codex.steps SET started_at = started_at - interval '600 s' WHERE run_id = $1`,
    [id],
  )
  harness.state.answer = silent
  await harness.execute(id)
  expect((await harness.present(id)).error).toMatchObject({
    code: 'STEP_TIMEOUT',
    message: 'step code took longer than its 600 s (options.step_timeout_s)',
  })
})

test('a step within its limits is left alone', async () => {
  harness.state.answer = ({ agent, turn }) => (agent === 'Reviewer' ? REVIEW : code(turn))
  const options = { stepTimeoutS: 600, callTimeoutS: 600, stallTimeoutS: 600 }
  expect((await execute(options, ['code', 'reviewer'])).status).toBe('completed')
})
