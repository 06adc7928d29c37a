import type { AgentTask } from '../../../task/agent-task.ts'

/** The texts of an option that takes one or a list; anything else in it is left out. */
export function readTextOption(task: AgentTask, name: string): readonly string[] {
  const value: unknown = task.options[name]
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((entry) => typeof entry === 'string')
}
