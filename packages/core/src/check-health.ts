import type { Health } from '@codex/protocol'
import type { ModelService } from './models/index.ts'
import type { PreparedSandbox } from './prepare-sandbox.ts'
import type { Database } from './store/database.ts'
import { VERSION } from './version.ts'

export interface HealthSources {
  readonly database: Database
  readonly sandbox: PreparedSandbox
  readonly models: ModelService
  readonly isDraining: () => boolean
}

/** Looks at everything that a run needs. Without a database nothing works; without a sandbox runs are not verified. */
export async function checkHealth({ database, sandbox, models, isDraining }: HealthSources): Promise<Health> {
  const databaseProblem = await database.pool.query('SELECT 1').then(
    () => null,
    (error: unknown) => String(error instanceof Error ? error.message : error),
  )
  const isTaking = !isDraining()
  const checks: Health['checks'] = {
    database: { ok: databaseProblem === null, detail: databaseProblem === null ? 'answers' : 'does not answer' },
    engine: { ok: isTaking, detail: isTaking ? 'takes runs' : 'is shutting down' },
    sandbox: {
      ok: sandbox.driver !== null,
      detail: sandbox.driver === null ? (sandbox.reason ?? 'does not work here') : sandbox.driver.name,
    },
    models: { ok: true, detail: models.resolve('Code').modelId },
  }
  const canServe = databaseProblem === null && isTaking
  return {
    status: canServe ? (sandbox.driver === null ? 'degraded' : 'ok') : 'unavailable',
    version: VERSION,
    checks,
  }
}
