import type { AgentTask } from '../../../task/agent-task.ts'

/** A task of the Debug agent about the given logs and files. */
export function debugTask(
  logs: string | readonly string[],
  fileContents: Readonly<Record<string, string>> = {},
  change: Partial<AgentTask> = {},
): AgentTask {
  const lines = typeof logs === 'string' ? logs.split('\n') : [...logs]
  const { options, ...rest } = change
  return {
    agent: 'Debug',
    prompt: 'Why does the server crash?',
    context: {},
    options: { ...(logs === '' ? {} : { logs: lines }), ...options },
    files: Object.keys(fileContents),
    fileContents: { ...fileContents },
    testing: { writesTests: false, framework: null, coverageGoal: null },
    ...rest,
  }
}

/** A text whose line with this number (from 1) reads so, after empty ones. */
export function lineAt(line: number, text: string): string {
  return `${'\n'.repeat(line - 1)}${text}\n`
}
