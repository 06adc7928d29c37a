import type { Scenario } from '../scenario.ts'
import { apiKeys } from './api-keys.ts'
import { badRequests } from './bad-requests.ts'
import { budgets } from './budgets.ts'
import { crashRecovery } from './crash-recovery.ts'
import { evidence } from './evidence.ts'
import { exampleRequest } from './example-request.ts'
import { goingOn } from './going-on.ts'
import { history } from './history.ts'
import { limits } from './limits.ts'
import { lyingAgents } from './lying-agents.ts'
import { modelFailures } from './model-failures.ts'
import { nodes } from './nodes.ts'
import { outages } from './outages.ts'
import { portableRuns } from './portable-runs.ts'
import { providers } from './providers.ts'
import { queueFull } from './queue-full.ts'
import { repositories } from './repositories.ts'
import { runFormats } from './run-formats.ts'
import { schedules } from './schedules.ts'
import { scriptedRuns } from './scripted-runs.ts'
import { singleAgents } from './single-agents.ts'
import { waiting } from './waiting.ts'
import { webhooks } from './webhooks.ts'

/** Scenarios by file; adding a file is one line here. The longest come first, so that none is left for the end. */
export const SCENARIO_FILES: Readonly<Record<string, readonly Scenario[]>> = {
  'crash-recovery': crashRecovery,
  nodes,
  'run-formats': runFormats,
  schedules,
  'portable-runs': portableRuns,
  'example-request': exampleRequest,
  'single-agents': singleAgents,
  'scripted-runs': scriptedRuns,
  providers,
  'model-failures': modelFailures,
  evidence,
  budgets,
  limits,
  'lying-agents': lyingAgents,
  repositories,
  outages,
  webhooks,
  'queue-full': queueFull,
  history,
  'going-on': goingOn,
  waiting,
  'bad-requests': badRequests,
  'api-keys': apiKeys,
}

export const SCENARIOS: readonly Scenario[] = Object.values(SCENARIO_FILES).flat()
