import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodexError, type Run } from '@codex/protocol'
import { LLMock } from '@copilotkit/aimock'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AGENTS } from '../agents/index.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { createBuiltinModel } from '../models/builtin/index.ts'
import { createModelService } from '../models/index.ts'
import { detectToolchain, sandboxIdentity, selectSandbox } from '../sandbox/index.ts'
import { claimRun } from '../store/claim-run.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { readEvents } from '../store/read-events.ts'
import { readArtifacts, readCalls, readRun, readSteps } from '../store/read-run.ts'
import { submitRun } from '../store/submit-run.ts'
import { parseTask } from '../task/index.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { COMMAND_LIMITS, createVerifier, parseTestFramework, TEST_FRAMEWORKS } from '../verification/index.ts'
import { defaultWorkflow, WORKFLOWS } from '../workflows/index.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import { executeRun, type RunServices } from './execute-run.ts'
import { planRun } from './plan-run.ts'
import { presentRun } from './present-run.ts'
import { RunInterruption } from './run-interruption.ts'

let server: TestDatabase
let database: Database
let services: RunServices
let folder: string
const mock = new LLMock({ port: 0, host: '127.0.0.1' })

/** Called with the number of each request before it is answered. */
let onRequest: (n: number) => Promise<void> | void = () => {}
let requests: string[] = []

beforeAll(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  database = openDatabase(server.url, { onError: () => {} })
  folder = await mkdtemp(join(tmpdir(), 'codex-execute-'))
  await chmod(folder, 0o755)
  mock.on({ predicate: () => true }, async (request) => {
    const asked = request.messages.find((message) => message.role === 'user')
    const agent = parseTask(String(asked?.content))?.agent ?? ''
    requests.push(agent)
    await onRequest(requests.length)
    return answer(agent, request.messages.filter((message) => message.role === 'assistant').length)
  })
  await mock.start()
  const toolchain = await detectToolchain({
    searchPath: '/usr/local/bin:/usr/bin:/bin',
    stagingDirectory: join(folder, 'toolchain'),
  })
  const registry = async () => ({ allow: [], env: {}, readOnly: [] })
  const identity = sandboxIdentity()
  services = {
    database,
    workspaces: createWorkspaceManager({
      rootDir: join(folder, 'runs'),
      ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
    }),
    models: await createModelService(
      {
        probe: false,
        model: 'openai:scripted',
        providers: { openai: { apiKey: 'k', baseUrl: `${mock.url}/v1` } },
        limits: { maxTries: 1 },
      },
      { builtin: createBuiltinModel() },
    ),
    verifier: createVerifier({ toolchain, registry }),
    analyzer: null,
    commands: {
      sandbox: (await selectSandbox({ setting: 'auto', toolchain })).driver,
      unavailableReason: null,
      limitsFor: (purpose) => COMMAND_LIMITS[purpose],
      registry,
    },
    agents: new Map(AGENTS.map((agent) => [agent.name, agent])),
    log: SILENT_LOG,
  }
})
afterAll(async () => {
  await mock.stop()
  await database.close()
  await server.drop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  onRequest = () => {}
  requests = []
})

const SOURCE = 'exports.add = (a, b) => a + b\n'
const TEST = `const { test } = require('node:test')
const assert = require('node:assert')
const { add } = require('./add.js')
test('adds', () => assert.equal(add(1, 2), 3))
`

function answer(agent: string, turn: number) {
  if (agent === 'Reviewer') return { content: JSON.stringify({ summary: 'ok', findings: [], recommendations: [] }) }
  const turns = [
    { name: 'write_file', arguments: JSON.stringify({ path: 'add.js', content: SOURCE }) },
    { name: 'run_command', arguments: JSON.stringify({ argv: ['sh', '-c', 'echo ran >> log.txt'] }) },
    { name: 'write_file', arguments: JSON.stringify({ path: 'add.test.js', content: TEST }) },
    {
      name: 'finish',
      arguments: JSON.stringify({ summary: 'done', files: [], dependencies: [], run: {}, warnings: [] }),
    },
  ]
  return { toolCalls: [turns[turn] ?? turns[3]].filter((call) => call !== undefined) }
}
/** Code's four turns and the review. */
const CALLS = ['Code', 'Code', 'Code', 'Code', 'Reviewer']

async function submit(): Promise<string> {
  const request = { prompt: 'add', agentSequence: ['code', 'reviewer'], options: { testFramework: 'node:test' } }
  const planned = planRun(request, {
    agents: AGENTS,
    workflows: WORKFLOWS,
    defaultWorkflow,
    models: services.models,
    defaultTimeoutMs: 60_000,
    allowLocalRepositories: true,
    parseTestFramework,
    testFrameworks: TEST_FRAMEWORKS,
  })
  const id = uuidv7()
  await submitRun(
    database.pool,
    { id, prompt: 'add', ...planned, sessionId: null, labels: {}, idempotencyKey: null, requestDigest: id },
    100,
  )
  return id
}

/** Executes a run as a node would, from whatever state it is in. */
async function execute(id: string, signal = new AbortController().signal): Promise<void> {
  const claimed = await claimRun(database.pool, id, 'node')
  if (claimed !== null) await executeRun(claimed, services, signal)
}

async function present(id: string): Promise<Run> {
  const row = await readRun(database, id)
  if (row === null) throw new Error('the run is gone')
  const steps = (await readSteps(database, [id])).get(id) ?? []
  return presentRun(
    row,
    steps,
    await readArtifacts(
      database,
      steps.flatMap((step) => Object.values(step.artifacts)),
    ),
  )
}

async function expectWholeRun(id: string): Promise<void> {
  const run = await present(id)
  expect(run.error).toBeUndefined()
  expect(run).toMatchObject({ status: 'completed', metadata: { success: true, verified: true } })
  expect(run.result.tests?.execution).toMatchObject({ passed: 1, failed: 0 })
  // the command ran once as far as the result is concerned, however often the process died
  expect(run.result.changes?.edits.find((edit) => edit.path === 'log.txt')?.content).toBe('ran\n')
  const events = await readEvents(database.pool, id, { after: 0, limit: 1_000 })
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter((event) => event.type === 'model.called')).toHaveLength(CALLS.length)
}

test('a run goes through its agents, its tests and its review', async () => {
  const id = await submit()
  await execute(id)
  await expectWholeRun(id)
  expect(requests).toEqual(CALLS)
})

test.each([1, 2, 3, 4, 5])('interrupted during model call %i, it goes on and repeats only that call', async (place) => {
  const id = await submit()
  const stop = new AbortController()
  onRequest = (n) => {
    if (n === place) stop.abort(new RunInterruption('shutdown'))
  }
  await expect(execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  expect((await present(id)).status).toBe('running')
  onRequest = () => {}
  await execute(id)
  await expectWholeRun(id)
  expect(requests).toHaveLength(CALLS.length + 1)
  expect((await readCalls(database, id)).filter((call) => call.kind === 'model')).toHaveLength(CALLS.length)
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
  await expect(execute(id, stop.signal)).rejects.toBeInstanceOf(RunInterruption)
  const finished = (await readCalls(database, id)).filter((call) => call.kind === 'model').length
  expect(finished).toBe(2)
  onRequest = () => {}
  requests = []
  await execute(id)
  expect(requests).toHaveLength(CALLS.length - finished)
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
    taken = execute(id) // another node takes over while this call hangs
    await frozen
  }
  const zombie = execute(id)
  await expect.poll(() => taken !== undefined && requests.length >= CALLS.length + 1, { timeout: 60_000 }).toBe(true)
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
  await execute(id, stop.signal)
  const run = await present(id)
  expect(run.status).toBe('cancelled')
  expect(run.result.steps.map((step) => step.status)).toEqual(['cancelled', 'cancelled'])
})

test('a model that fails for good fails the run with step and agent, and keeps what was made', async () => {
  const id = await submit()
  onRequest = (n) => {
    if (n === 5) throw new Error('the model server breaks')
  }
  await execute(id)
  const run = await present(id)
  expect(run.status).toBe('failed')
  expect(run.error).toMatchObject({ step: 'reviewer', agent: 'Reviewer' })
  expect(run.result.changes).toBeDefined()
  expect(run.result.patch).toContain('add.js')
})
