import { findEmbeddedDatabase, Pool } from '@codex/core/testing/database'
import type { Scratch } from '../../server/scratch.ts'
import { startServer } from '../../server/start-server.ts'
import { openBareLoop } from './bare-loop.ts'
import { inspectProcess } from './inspect-process.ts'
import { measureParked, type Parked } from './measure-parked.ts'
import { measureRecovery, type Recovery } from './measure-recovery.ts'
import { type Amounts, CONCURRENCY, type Measured, MODEL_LATENCY_MS, measureRuns } from './measure-runs.ts'
import { readUsage } from './process-usage.ts'
import { profileRuns, type RunProfile } from './profile/profile-runs.ts'
import { createRunClient } from './run-client.ts'
import type { Variant } from './scripted-reply.ts'
import { startFastModel } from './start-fast-model.ts'

/** Into so many events the model's streamed answers are cut. */
const PIECES = 4

export interface BenchOptions {
  readonly scratch: Scratch
  readonly variants: readonly Variant[]
  readonly amounts: Amounts
  /** Runs that go on when the server is killed; 0 leaves the recovery out. */
  readonly recoveryRuns: number
  /** Runs that wait for a larger budget; 0 leaves them out. */
  readonly parkedRuns: number
  /** Where to write a CPU profile of the server (`.cpuprofile`, one a variant), if anywhere; its parts are results. */
  readonly profile: string | null
  readonly bare: boolean
  readonly progress: (text: string) => void
}

export interface BenchResult {
  readonly subjects: readonly Measured[]
  /** Of each variant, where they were asked for. */
  readonly profiles: readonly RunProfile[]
  readonly recovery: Recovery | null
  readonly parked: Parked | null
  /** Version of Postgres. */
  readonly postgres: string
}

/** Measures the service, and beside it the least that its model calls could cost, on the same database. */
export async function benchRuns(options: BenchOptions): Promise<BenchResult> {
  const { scratch, amounts, progress } = options
  const model = await startFastModel({ pieces: PIECES })
  const limit = String(CONCURRENCY.waiting)
  const server = await startServer(
    scratch,
    {
      OPENAI_BASE_URL: `${model.url}/v1`,
      OPENAI_API_KEY: 'sk-scripted-model-key',
      CODEX_MODEL: 'openai:scripted',
      MAX_CONCURRENT_REQUESTS: limit,
      MAX_QUEUED_REQUESTS: '100000',
    },
    ['--inspect=127.0.0.1:0'],
  ).catch(async (error: unknown) => {
    await model.stop()
    throw error
  })
  let inspector = await inspectProcess(server.output())
  const database = findEmbeddedDatabase(server.dataDir)
  const open = () => new Pool({ connectionString: database.url, max: 2, application_name: 'bench' })
  const pool = open()
  pool.on('error', () => {}) // told by the next query
  const usage = () => readUsage(server.pid ?? 0, { without: database.pid })
  try {
    const tools = { model, pool, postmasterPid: database.pid, progress }
    const { rows } = await pool.query<{ server_version: string }>('SHOW server_version')
    const postgres = rows[0]?.server_version ?? 'unknown'
    const subjects: Measured[] = []
    const profiles: RunProfile[] = []
    if (options.bare) {
      const bare = await openBareLoop(database.url, model.url)
      const cpuMs = async () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000
      subjects.push(await measureRuns({ name: 'bare loop', run: bare.run, cpuMs }, amounts, tools))
      await bare.close()
    }
    for (const variant of options.variants) {
      const client = createRunClient(server.url, variant)
      const cpuMs = async () => (await usage()).cpuMs
      const subject = { name: variant, run: () => client.orchestrate(), cpuMs }
      subjects.push(await measureRuns(subject, amounts, tools))
      if (options.profile !== null) {
        progress(`${variant}: profile`)
        const file = `${options.profile}.${variant}.cpuprofile`
        const load = { run: subject.run, count: amounts.together, concurrency: CONCURRENCY.together, file }
        profiles.push(await profileRuns({ name: variant, inspector, ...load }))
      }
      client.close()
    }
    let parked: Parked | null = null
    if (options.parkedRuns > 0) {
      progress('parked runs')
      // a call brings 1,000 tokens
      const client = createRunClient(server.url, 'answers', { budget: { max_tokens: 1_000 } })
      parked = await measureParked({ client, pool, inspector, usage, runs: options.parkedRuns })
      client.close()
    }
    let recovery: Recovery | null = null
    if (options.recoveryRuns > 0) {
      progress('recovery')
      inspector.close()
      await model.setLatency(MODEL_LATENCY_MS)
      const client = createRunClient(server.url, options.variants[0] ?? 'answers')
      recovery = await measureRecovery({ server, client, open, runs: options.recoveryRuns })
      client.close()
      inspector = await inspectProcess(server.output())
    }
    return { subjects, profiles, recovery, parked, postgres }
  } finally {
    inspector.close()
    await pool.end()
    await server.dispose()
    await model.stop()
  }
}
