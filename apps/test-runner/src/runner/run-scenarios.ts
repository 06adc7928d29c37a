import { AssertionError } from 'node:assert'
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

export interface RunScenariosOptions {
  /** How many run at the same time. */
  readonly jobs: number
  /** Tells why a scenario cannot run here, or null. */
  readonly skip: (scenario: Scenario) => string | null
  readonly onStart: (run: ScenarioRun) => void
  readonly onEnd: (result: ScenarioResult) => void
}

/**
 * Runs scenarios, several at a time; one that fails does not stop the others.
 * @returns the results in the order of the scenarios
 */
export async function runScenarios(
  runs: readonly ScenarioRun[],
  environment: Environment,
  options: RunScenariosOptions,
): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = []
  const waiting = runs.entries()
  const work = async (): Promise<void> => {
    for (const [index, run] of waiting) {
      const result = await runOne(run, environment, options)
      results[index] = result
      options.onEnd(result)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  return results
}

async function runOne(
  run: ScenarioRun,
  environment: Environment,
  { skip, onStart }: RunScenariosOptions,
): Promise<ScenarioResult> {
  const reason = skip(run.scenario)
  if (reason !== null) return { ...run, outcome: 'skipped', detail: reason, durationMs: 0 }
  onStart(run)
  const startedAt = performance.now()
  const end = (outcome: ScenarioResult['outcome'], detail: string): ScenarioResult => {
    return { ...run, outcome, detail, durationMs: performance.now() - startedAt }
  }
  try {
    await environment.run(run.scenario, run.transport)
    return end('passed', '')
  } catch (error) {
    return end('failed', describe(error))
  }
}

/** What a reader needs: the words, and the line of the scenario. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const line = error.stack?.split('\n').find((entry) => entry.includes('/scenarios/'))
  if (error instanceof AssertionError) return [error.message, line ?? ''].join('\n')
  return error.stack ?? error.message
}
