import type { AgentTask } from '../../../task/agent-task.ts'
import type { FoundCause } from './found-cause.ts'
import { readTextOption } from './read-text-option.ts'

/** Lower-case words and paths that `options.debugFocus` asks to look at first. */
export function readDebugFocus(task: AgentTask): readonly string[] {
  return readTextOption(task, 'debugFocus')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry.length > 1)
}

/** Whether a cause is about what the focus names: a topic, a path of its evidence, or a word of the hypothesis. */
export function matchesDebugFocus(cause: FoundCause, focus: readonly string[]): boolean {
  return focus.some(
    (wanted) =>
      cause.topics.some((topic) => wanted.includes(topic)) ||
      cause.evidence.some(({ path }) => path?.toLowerCase().includes(wanted.replace(/\/?\**$/, '')) === true) ||
      cause.hypothesis.toLowerCase().includes(wanted),
  )
}

/**
 * Orders causes by focus, then confidence, then appearance. Outside of the focus none is rated above those within: who
 * names a focus knows the system, and whoever sorts by confidence again keeps the order.
 */
export function orderCauses(causes: readonly FoundCause[], focus: readonly string[]): readonly FoundCause[] {
  const sorted = causes.toSorted((a, b) => b.confidence - a.confidence)
  const within = sorted.filter((cause) => matchesDebugFocus(cause, focus))
  const limit = within.at(-1)?.confidence ?? 1
  const outside = sorted.filter((cause) => !within.includes(cause))
  return [...within, ...outside.map((cause) => ({ ...cause, confidence: Math.min(limit, cause.confidence) }))]
}
