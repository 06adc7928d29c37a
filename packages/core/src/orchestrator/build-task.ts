import type { Artifacts } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { AgentTask } from '../task/agent-task.ts'
import { toTaskOptions } from '../task/index.ts'
import type { ActiveRun } from './active-run.ts'

const MAX_FILES_LISTED = 500

/**
 * Puts together what an agent is asked, from the request and what the agents before it made.
 * @param artifacts what was made before the step's group began; what its neighbours make is none of its business
 */
export async function buildTask(
  run: ActiveRun,
  agent: Agent,
  inputTree: string,
  artifacts: Artifacts,
  failure: AgentTask['failure'],
): Promise<AgentTask> {
  const { plan, prompt } = run.claimed
  const { spec, changes, tests, review, diagnosis } = artifacts
  return {
    agent: agent.name,
    prompt,
    context: plan.context,
    options: toTaskOptions(plan.options),
    ...(spec === undefined ? {} : { spec }),
    ...(changes === undefined ? {} : { changes }),
    ...(tests === undefined ? {} : { tests }),
    ...(review === undefined ? {} : { review }),
    ...(diagnosis === undefined ? {} : { diagnosis }),
    // of the tree, not the worktree: another agent of the group may be writing there
    files: [...(await run.workspace.listFilesAt(inputTree, { limit: MAX_FILES_LISTED }))],
    testing: {
      writesTests: plan.testing.writer === agent.name,
      framework: plan.testing.framework,
      coverageGoal: plan.testing.coverageGoal,
    },
    ...(failure === undefined ? {} : { failure }),
  }
}
