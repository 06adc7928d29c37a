import type { Agent } from '../agents/agent.ts'
import type { AgentTask } from '../task/agent-task.ts'
import { toTaskOptions } from '../task/index.ts'
import type { ActiveRun } from './active-run.ts'

const MAX_FILES_LISTED = 500
/** Bytes of file contents that agents without tools get. */
const MAX_CONTENT_BYTES = 200_000
const MAX_DIFF_BYTES = 200_000

/** Agents that answer in one call and so must be shown the files. */
const SHOWN_FILES: ReadonlySet<string> = new Set(['Reviewer', 'Debug'])

/** Puts together what an agent is asked, from the request and what the agents before it made. */
export async function buildTask(
  run: ActiveRun,
  agent: Agent,
  inputTree: string,
  failure: AgentTask['failure'],
): Promise<AgentTask> {
  const { plan, prompt } = run.claimed
  const { spec, changes, tests, review, diagnosis } = run.artifacts
  // from the tree, not the worktree: another agent of the group may be writing there
  const files = await run.workspace.listFilesAt(inputTree, { limit: MAX_FILES_LISTED })
  const isShown = SHOWN_FILES.has(agent.name)
  const hasChanges = inputTree !== run.baseTree
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
    files: [...files],
    ...(isShown ? { fileContents: await readContents(run, inputTree, files) } : {}),
    ...(isShown && hasChanges
      ? { diff: (await run.workspace.patch(run.baseTree, inputTree)).slice(0, MAX_DIFF_BYTES) }
      : {}),
    testing: {
      writesTests: plan.testing.writer === agent.name,
      framework: plan.testing.framework,
      coverageGoal: plan.testing.coverageGoal,
    },
    ...(failure === undefined ? {} : { failure }),
  }
}

/** Changed files first, then those that the request names, then the others, until the room is used up. */
async function readContents(run: ActiveRun, tree: string, files: readonly string[]): Promise<Record<string, string>> {
  const { options } = run.claimed.plan
  const changed = tree === run.baseTree ? [] : (await run.workspace.diff(run.baseTree, tree)).filter(isText)
  const named = [...(options.existingFiles ?? []), ...(options.codebaseFiles ?? [])].map((file) => file.path)
  const order = new Set([...changed.map((edit) => edit.path), ...named, ...files])
  const present = new Set(files)
  const contents: Record<string, string> = {}
  let room = MAX_CONTENT_BYTES
  for (const path of order) {
    if (!present.has(path) || /(^|\/)(package-lock\.json|pnpm-lock\.yaml|yarn\.lock)$/.test(path)) continue
    const text = await run.workspace.readFileAt(tree, path).catch(() => null) // binary or too large: nothing to show
    if (text === null || text.includes('\u0000') || text.length > room) continue
    contents[path] = text
    room -= text.length
  }
  return contents
}

function isText(edit: { readonly operation: string; readonly diff: string }): boolean {
  return edit.operation !== 'delete' && edit.diff !== ''
}
