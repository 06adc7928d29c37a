import type { AgentTask } from './agent-task.ts'

/** Most of the logs that goes to a model; what lies in the middle is left out. */
const MAX_LOG_CHARACTERS = 60_000
const MAX_OUTPUT_TAIL_CHARACTERS = 12_000

/**
 * Takes out of a task what an agent can read from the worktree or does not need: contents of changed files and tests,
 * the annotated diff, the middle of long logs. What goes to the model is paid for by the token.
 */
export function slimTask(task: AgentTask): AgentTask {
  const { changes, tests, review, failure } = task
  return {
    ...task,
    options: slimOptions(task.options),
    ...(changes && { changes: { ...changes, edits: changes.edits.map(({ content: _, diff: __, ...edit }) => edit) } }),
    ...(tests && {
      tests: {
        ...tests,
        files: tests.files.map((file) => ({ ...file, content: '' })),
        execution: tests.execution && {
          ...tests.execution,
          cases: tests.execution.cases.filter((testCase) => testCase.status === 'failed'),
        },
      },
    }),
    ...(review && { review: { ...review, annotatedDiff: '' } }),
    ...(failure && { failure: { ...failure, outputTail: failure.outputTail.slice(-MAX_OUTPUT_TAIL_CHARACTERS) } }),
  }
}

function slimOptions(options: AgentTask['options']): AgentTask['options'] {
  const logs = options['logs']
  if (!Array.isArray(logs)) return options
  return { ...options, logs: keepEnds(logs.map(String), MAX_LOG_CHARACTERS) }
}

/** Keeps whole lines of the head and the tail; the tail gets two thirds, since that is where programs fail. */
function keepEnds(lines: readonly string[], maxCharacters: number): string[] {
  const size = (line: string) => line.length + 1
  if (lines.reduce((sum, line) => sum + size(line), 0) <= maxCharacters) return [...lines]
  const head = takeWhileFits(lines, maxCharacters / 3)
  const tail = takeWhileFits(lines.toReversed(), (maxCharacters * 2) / 3).toReversed()
  return [...head, `[… ${lines.length - head.length - tail.length} lines left out …]`, ...tail]
}

function takeWhileFits(lines: readonly string[], maxCharacters: number): string[] {
  let room = maxCharacters
  const taken: string[] = []
  for (const line of lines) {
    room -= line.length + 1
    if (room < 0) break
    taken.push(line)
  }
  return taken
}
