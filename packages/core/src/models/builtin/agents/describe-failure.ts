import type { AgentTask } from '../../../task/agent-task.ts'

/** What the verifier saw in the round before, in one line. */
export function describeFailure({ failure }: AgentTask): string {
  const tests = (failure?.failedTests ?? []).map((test) => test.name)
  const seen = [
    ...(failure?.reasons ?? []),
    ...(tests.length > 0 ? [`failed tests: ${tests.slice(0, 5).join('; ')}`] : []),
  ]
  return seen.join('; ') || 'no reason given'
}
