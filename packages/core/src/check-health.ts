import type { Health } from '@codex/protocol'
import type { ModelService } from './models/index.ts'
import type { DatabaseWatch } from './overload/watch-database.ts'
import type { DiskWatch } from './overload/watch-disk.ts'
import type { PreparedSandbox } from './prepare-sandbox.ts'
import { VERSION } from './version.ts'

export interface HealthSources {
  readonly database: Pick<DatabaseWatch, 'problem'>
  readonly disk: Pick<DiskWatch, 'freeMb' | 'isShort'>
  readonly sandbox: PreparedSandbox
  readonly models: ModelService
  readonly isDraining: () => boolean
  /** Whether this node holds its lease, without which it begins nothing. */
  readonly isLeased: () => boolean
}

/** Looks at everything that a run needs. Without a database nothing works; without a sandbox runs are not verified. */
export async function checkHealth({
  database,
  disk,
  sandbox,
  models,
  isDraining,
  isLeased,
}: HealthSources): Promise<Health> {
  const databaseProblem = database.problem()
  const freeMb = disk.freeMb()
  const isTaking = !isDraining() && isLeased()
  const checks: Health['checks'] = {
    database: { ok: databaseProblem === null, detail: databaseProblem === null ? 'answers' : 'does not answer' },
    disk: {
      ok: !disk.isShort(),
      detail: freeMb === null ? 'not measured' : `${freeMb} MB free${disk.isShort() ? ': no new runs are taken' : ''}`,
    },
    engine: {
      ok: isTaking,
      detail: isTaking
        ? 'takes runs'
        : isDraining()
          ? 'is shutting down'
          : 'this node lost its lease and is renewing it',
    },
    sandbox: {
      ok: sandbox.driver !== null,
      detail: sandbox.driver === null ? (sandbox.reason ?? 'does not work here') : sandbox.driver.name,
    },
    models: { ok: true, detail: models.resolve('Code').modelId },
  }
  const canServe = databaseProblem === null && isTaking
  return {
    status: canServe ? (sandbox.driver === null || disk.isShort() ? 'degraded' : 'ok') : 'unavailable',
    version: VERSION,
    checks,
  }
}
