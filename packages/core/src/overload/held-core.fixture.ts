import { LLMock } from '@copilotkit/aimock'
import { expect } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { type Core, createCore } from '../create-core.ts'
import { SILENT_LOG } from '../logging/log.ts'

const REVIEW = { content: JSON.stringify({ summary: 'ok', findings: [], recommendations: [] }) }

/** One step, one model call. */
export const REQUEST = {
  prompt: 'review it',
  agentSequence: ['reviewer'],
  options: { existingFiles: [{ path: 'a.js', content: 'a' }] },
}

export const PATIENCE = { timeout: 60_000 }

/** The service on a Postgres that tests do things to, with a model that can be held back. */
export interface HeldCore {
  readonly core: Core
  /** Starts a run, and resolves once it is executed; its model answers when the returned function is called. */
  startHeldRun(): Promise<{ readonly requestId: string; readonly release: () => void }>
  close(): Promise<void>
}

export async function startHeldCore(databaseUrl: string, dataDir: string): Promise<HeldCore> {
  let gate: Promise<void> = Promise.resolve()
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  mock.on({ predicate: () => true }, async () => {
    await gate
    return REVIEW
  })
  await mock.start()
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    CODEX_DATA_DIR: dataDir,
    CODEX_PROBE_MODELS: 'false',
    CODEX_SANDBOX: 'none',
    CODEX_MODEL: 'openai:scripted',
    CODEX_MIN_FREE_MB: '0',
    OPENAI_API_KEY: 'k',
    OPENAI_BASE_URL: `${mock.url}/v1`,
    PATH: '/usr/local/bin:/usr/bin:/bin',
  })
  const core = await createCore(config, { log: SILENT_LOG })
  return {
    core,
    async startHeldRun() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      const { requestId } = await core.orchestrator.submit(REQUEST)
      await expect.poll(async () => (await core.orchestrator.get(requestId)).status, PATIENCE).toBe('running')
      return { requestId, release: resolve }
    },
    async close() {
      await core.close()
      await mock.stop()
    },
  }
}
