import type { Config } from './config/config.ts'
import type { PostgresSource } from './engine/open-database.ts'
import type { ModelService } from './models/index.ts'
import type { PreparedSandbox } from './prepare-sandbox.ts'
import type { Toolchain } from './sandbox/index.ts'
import type { StartReport } from './start-report.ts'

export interface StartSources {
  readonly config: Config
  readonly postgres: PostgresSource
  readonly models: ModelService
  readonly sandbox: PreparedSandbox
  readonly toolchain: Toolchain
}

/** Sums up what was chosen at start, and what is missing with the one thing that adds it. */
export function describeStart({ config, postgres, models, sandbox, toolchain }: StartSources): StartReport {
  const model = models.resolve('Code')
  const missing: { what: string; remedy: string }[] = []
  if (sandbox.driver === null) {
    missing.push({
      what: `no sandbox (${sandbox.reason ?? 'does not work here'}): code is not executed, verification is reported as not run`,
      remedy: sandbox.remedy ?? 'apt-get install bubblewrap',
    })
  }
  if (toolchain.tools.npm === undefined) {
    missing.push({ what: 'npm was not found: dependencies cannot be installed', remedy: 'install Node.js with npm' })
  }
  if (model.modelId.startsWith('builtin:')) {
    missing.push({
      what: 'no model is configured: the offline model serves a fixed set of requests',
      remedy: 'set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or OPENAI_BASE_URL for a local server',
    })
  }
  for (const problem of models.problems()) missing.push({ what: problem.message, remedy: `check ${problem.path}` })
  return {
    dataDir: config.dataDir,
    database: { kind: postgres.kind, detail: postgres.detail },
    model,
    models: models.list(),
    sandbox: {
      driver: sandbox.name,
      available: sandbox.driver !== null,
      isolated: sandbox.driver?.isolated ?? false,
      reason: sandbox.reason,
    },
    missing,
    notes: [...sandbox.notes, ...toolchain.notes],
  }
}
