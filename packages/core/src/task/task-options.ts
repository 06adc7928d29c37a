import type { JsonObject } from '@codex/protocol'
import type { NormalizedOptions } from './normalize-options.ts'

/** Options that steer the orchestrator and say nothing to an agent. */
const NOT_FOR_AGENTS: ReadonlySet<string> = new Set([
  'model',
  'models',
  'maxFixRounds',
  'timeoutS',
  'stepTimeoutS',
  'callTimeoutS',
  'stallTimeoutS',
  'verify',
  'integrity',
  'mutants',
  'maxMutantsSurviving',
  'analyzers',
  'cache',
  'candidates',
])

/**
 * The options as they go into a task: those that were given and concern agents, unknown ones beside them. Of files
 * only the paths go along; their contents are in the worktree.
 */
export function toTaskOptions(options: NormalizedOptions): JsonObject {
  const { other, existingFiles, codebaseFiles, ...rest } = options
  const task: Record<string, unknown> = { ...other }
  for (const [name, value] of Object.entries(rest)) if (!NOT_FOR_AGENTS.has(name)) task[name] = value
  if (existingFiles !== undefined) task['existingFiles'] = existingFiles.map((file) => file.path)
  if (codebaseFiles !== undefined) task['codebaseFiles'] = codebaseFiles.map((file) => file.path)
  // Every value is text, a number, or a list or record of those.
  return task as JsonObject
}
