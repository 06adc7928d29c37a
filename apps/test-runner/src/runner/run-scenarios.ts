import type { Scenario } from '../scenario.ts'
import type { Transport } from '../transports/transport.ts'
import type { Environment } from './environment.ts'

export interface ScenarioRun {
  readonly scenario: Scenario
  readonly transport: Transport['name']
}

export interface ScenarioResult extends ScenarioRun {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly durationMs: number
  readonly detail: string
}

/** Each scenario over each of its transports. */
export function expandScenarios(scenarios: readonly Scenario[]): readonly ScenarioRun[] {
  return scenarios.flatMap((scenario) =>
    (scenario.transports ?? (['sdk', 'rest'] as const)).map((transport) => ({ scenario, transport })),
  )
}

/**
 * Runs scenarios one after another; one that fails does not stop the others.
 * @param skip tells why a scenario cannot run here, or null
 */
export async function runScenarios(
  runs: readonly ScenarioRun[],
  environment: Environment,
  options: {
    readonly skip: (scenario: Scenario) => string | null
    readonly onStart: (run: ScenarioRun) => void
    readonly onEnd: (result: ScenarioResult) => void
  },
): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = []
  for (const run of runs) {
    const startedAt = performance.now()
    const end = (outcome: ScenarioResult['outcome'], detail: string): void => {
      const result = { ...run, outcome, detail, durationMs: performance.now() - startedAt }
      results.push(result)
      options.onEnd(result)
    }
    const reason = options.skip(run.scenario)
    if (reason !== null) {
      end('skipped', reason)
      continue
    }
    options.onStart(run)
    try {
      await environment.run(run.scenario, run.transport)
      end('passed', '')
    } catch (error) {
      end('failed', error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }
  return results
}
