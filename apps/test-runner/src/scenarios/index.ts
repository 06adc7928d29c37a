import type { Scenario } from '../scenario.ts'
import { exampleRequest } from './example-request.ts'
import { scriptedRuns } from './scripted-runs.ts'
import { singleAgents } from './single-agents.ts'

/** Scenarios by file; adding a file is one line here. */
export const SCENARIO_FILES: Readonly<Record<string, readonly Scenario[]>> = {
  'example-request': exampleRequest,
  'single-agents': singleAgents,
  'scripted-runs': scriptedRuns,
}

export const SCENARIOS: readonly Scenario[] = Object.values(SCENARIO_FILES).flat()
