import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OrchestrateRequest, Run, RunEvent } from '@codex/protocol'
import { LLMock } from '@copilotkit/aimock'
import { MockLanguageModelV4 } from 'ai/test'
import { v7 as uuidv7 } from 'uuid'
import { AGENTS } from '../agents/index.ts'
import { loadSigningKey } from '../evidence/index.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { createModelService, type ModelSettings } from '../models/index.ts'
import { detectToolchain, sandboxIdentity, selectSandbox } from '../sandbox/index.ts'
import { claimRun } from '../store/claim-run.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { registerEvidenceKey } from '../store/evidence.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { createWorkspaceArchive } from '../store/packs.ts'
import { readEvents } from '../store/read-events.ts'
import { readArtifacts, readRun, readSteps } from '../store/read-run.ts'
import { type NewRun, submitRun } from '../store/submit-run.ts'
import { parseTask } from '../task/index.ts'
import { createTestDatabase } from '../testing/index.ts'
import { COMMAND_LIMITS, createVerifier, parseTestFramework, TEST_FRAMEWORKS } from '../verification/index.ts'
import { defaultWorkflow, WORKFLOWS } from '../workflows/index.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import { executeRun, type RunServices } from './execute-run.ts'
import { type PlannerSettings, planRun } from './plan-run.ts'
import { presentRun } from './present-run.ts'
import { createRunEvidence } from './run-evidence.ts'

/** One reply of the scripted model: words, or one tool call; without `tokens` it takes 10 and gives 5. */
export type Reply = ({ readonly content: string } | { readonly tool: string; readonly input: object }) & {
  readonly tokens?: { readonly input: number; readonly output: number }
}

export interface Asked {
  readonly agent: string
  /** Replies that this conversation had before. */
  readonly turn: number
  /** Number of this request since the harness was made or reset. */
  readonly n: number
  /** The whole request as text. */
  readonly text: string
}

export const REVIEW: Reply = { content: JSON.stringify({ summary: 'ok', findings: [], recommendations: [] }) }
/** A diagnosis that says nothing. */
export const DIAGNOSIS: Reply = {
  content: JSON.stringify({ summary: 's', rootCauses: [], patchSuggestions: [], monitoringRecommendations: [] }),
}
export const FINISH: Reply = {
  tool: 'finish',
  input: { summary: 'done', files: [], dependencies: [], run: {}, warnings: [] },
}
export const write = (path: string, content: string): Reply => ({ tool: 'write_file', input: { path, content } })

export type RunHarness = Awaited<ReturnType<typeof createRunHarness>>

/** Everything that executes runs, on real parts; only the model's words come from a script. */
export async function createRunHarness({ prices = {} }: Pick<ModelSettings, 'prices'> = {}) {
  const server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  const database: Database = openDatabase(server.url, { onError: () => {} })
  const folder = await mkdtemp(join(tmpdir(), 'codex-harness-'))
  await chmod(folder, 0o755)
  const state = {
    answer: (_asked: Asked): Reply | Promise<Reply> => REVIEW,
    requests: [] as Asked[],
  }
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  mock.on({ predicate: () => true }, async (request) => {
    const user = request.messages.find((message) => message.role === 'user')
    const asked: Asked = {
      agent: parseTask(String(user?.content))?.agent ?? '',
      turn: request.messages.filter((message) => message.role === 'assistant').length,
      n: state.requests.length + 1,
      text: JSON.stringify(request.messages),
    }
    state.requests.push(asked)
    const reply = await state.answer(asked)
    const { input, output } = reply.tokens ?? { input: 10, output: 5 }
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
    if ('content' in reply) return { content: reply.content, usage }
    return { toolCalls: [{ name: reply.tool, arguments: JSON.stringify(reply.input) }], usage }
  })
  await mock.start()
  const signingKey = await loadSigningKey({ file: null, dataDir: folder, log: SILENT_LOG })
  await registerEvidenceKey(database.pool, signingKey)
  const toolchain = await detectToolchain({
    searchPath: '/usr/local/bin:/usr/bin:/bin',
    stagingDirectory: join(folder, 'toolchain'),
  })
  const registry = async () => ({ allow: [], env: {}, readOnly: [] })
  const identity = sandboxIdentity()
  const services: RunServices = {
    database,
    workspaces: createWorkspaceManager({
      rootDir: join(folder, 'runs'),
      archive: createWorkspaceArchive(database.pool),
      ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
    }),
    models: await createModelService(
      {
        probe: false,
        model: 'openai:scripted',
        providers: { openai: { apiKey: 'k', baseUrl: `${mock.url}/v1` } },
        limits: { maxTries: 1 },
        prices,
      },
      { builtin: new MockLanguageModelV4() }, // never asked
    ),
    verifier: createVerifier({ toolchain, registry }),
    analyzer: null,
    commands: {
      sandbox: (await selectSandbox({ setting: 'auto', toolchain })).driver,
      unavailableReason: null,
      limitsFor: (purpose) => COMMAND_LIMITS[purpose],
      registry,
    },
    seal: createRunEvidence({ database, key: signingKey, log: SILENT_LOG }).seal,
    agents: new Map(AGENTS.map((agent) => [agent.name, agent])),
    log: SILENT_LOG,
  }

  const planner: PlannerSettings = {
    agents: AGENTS,
    workflows: WORKFLOWS,
    defaultWorkflow,
    models: services.models,
    defaultTimeoutMs: 60_000,
    defaultStallTimeoutMs: 0,
    allowLocalRepositories: true,
    parseTestFramework,
    testFrameworks: TEST_FRAMEWORKS,
  }
  const plan = (request: Partial<OrchestrateRequest> = {}): NewRun => {
    const planned = planRun({ prompt: 'add', agentSequence: ['code', 'reviewer'], ...request }, planner)
    const id = uuidv7()
    const sessionId = request.sessionId ?? null
    return { id, prompt: 'add', ...planned, sessionId, labels: {}, idempotencyKey: null, requestDigest: id }
  }

  return {
    /** Passable for the sandbox's user; goes with the harness. */
    folder,
    server,
    database,
    services,
    state,
    planner,
    /** The rows of a new run, for tests that store it themselves. */
    plan,
    async submit(request: Partial<OrchestrateRequest> = {}, principal: string | null = null): Promise<string> {
      const planned = plan(request)
      await submitRun(database.pool, { ...planned, principal }, 1_000)
      return planned.id
    },
    /** Executes a run as a node would, from whatever state it is in. */
    async execute(id: string, signal = new AbortController().signal, using: RunServices = services): Promise<void> {
      const claimed = await claimRun(database.pool, id, 'node')
      if (claimed !== null) await executeRun(claimed, using, signal)
    },
    async present(id: string): Promise<Run> {
      const row = await readRun(database, id)
      if (row === null) throw new Error('the run is gone')
      const steps = (await readSteps(database, [id])).get(id) ?? []
      const digests = steps.flatMap((step) => Object.values(step.artifacts))
      return presentRun(row, steps, await readArtifacts(database, digests))
    },
    events: (id: string): Promise<readonly RunEvent[]> => readEvents(database.pool, id, { after: 0, limit: 1_000 }),
    async close(): Promise<void> {
      await mock.stop()
      await database.close()
      await server.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
