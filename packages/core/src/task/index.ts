export { type AgentTask, agentTask, parseTask, renderTask } from './agent-task.ts'
export { COVERAGE_KINDS, type CoverageGoal, type CoverageKind, parseCoverageGoal } from './coverage-goal.ts'
export type { GivenFile } from './given-files.ts'
export {
  MAX_TIMEOUT_S,
  type NormalizedOptions,
  type NormalizeOptionsSettings,
  normalizeOptions,
  OPTION_DEFAULTS,
} from './normalize-options.ts'
export { slimTask } from './slim-task.ts'
export { toTaskOptions } from './task-options.ts'
