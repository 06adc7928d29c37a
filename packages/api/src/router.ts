import { listAgents } from './agents/list.ts'
import { getKeyBudget } from './budgets/key.ts'
import { checkEvidence } from './evidence/check.ts'
import { listEvidenceKeys } from './evidence/keys.ts'
import { listModels } from './models/list.ts'
import { orchestrate } from './orchestrate.ts'
import { runsRouter } from './runs/runs-router.ts'
import { schedulesRouter } from './schedules/schedules-router.ts'
import { sessionsRouter } from './sessions/sessions-router.ts'
import { examine } from './system/doctor.ts'
import { getHealth } from './system/health.ts'
import { listNodes } from './system/nodes.ts'
import { getStats } from './system/stats.ts'
import { createCallerFactory, router } from './trpc.ts'
import { listWorkflows } from './workflows/list.ts'

/** Everything the service offers; REST is an adapter over it. */
export const appRouter = router({
  orchestrate,
  runs: runsRouter,
  sessions: sessionsRouter,
  schedules: schedulesRouter,
  evidence: { check: checkEvidence, keys: listEvidenceKeys },
  budgets: { key: getKeyBudget },
  agents: { list: listAgents },
  workflows: { list: listWorkflows },
  models: { list: listModels },
  system: { stats: getStats, health: getHealth, nodes: listNodes, doctor: examine },
})

export type AppRouter = typeof appRouter

/** Calls procedures without HTTP. */
export const createCaller = createCallerFactory(appRouter)
