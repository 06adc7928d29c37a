import type { FileEdit, Snapshot } from '../../workspace/workspace.ts'
import { undoRefusedChanges } from '../changes/undo-refused-changes.ts'
import { WORKTREE_TOOLS } from '../tools/index.ts'
import { runToolLoop, type ToolLoopRequest } from './tool-loop.ts'

export interface TreeWorkRequest<Report extends { readonly summary: string }>
  extends Omit<ToolLoopRequest<Report>, 'tools' | 'findObjection'> {
  /** Looks at the edits before the work may end; says what is missing, or null. */
  findObjection?(edits: readonly FileEdit[]): Promise<string | null>
}

export interface TreeWork<Report> {
  readonly inputTree: string
  readonly snapshot: Snapshot
  readonly edits: readonly FileEdit[]
  readonly report: Report | null
  readonly text: string
}

/**
 * Lets a model change the worktree with all tools, and commits what it did. The result is the diff, not the words:
 * an end without a changed file is objected to and then fails.
 * @throws CodexError as {@link runToolLoop}
 */
export async function workOnTree<Report extends { readonly summary: string }>(
  request: TreeWorkRequest<Report>,
): Promise<TreeWork<Report>> {
  const { context, policy } = request
  const { inputTree } = context
  const end = await runToolLoop({
    ...request,
    tools: WORKTREE_TOOLS,
    async findObjection() {
      const { edits, undone } = await undoRefusedChanges(context.workspace, inputTree, policy)
      for (const path of undone)
        context.warn(`${context.task.agent} may not change "${path}"; the change was taken back`)
      if (edits.length === 0) return 'it changed nothing: no file differs from before. Make the change with the tools.'
      return (await request.findObjection?.(edits)) ?? null
    },
  })
  const subject = (end.report?.summary ?? end.text).split('\n')[0]?.trim().slice(0, 72) ?? ''
  const { snapshot, edits } = await context.commit(
    subject === '' ? context.task.agent : `${context.task.agent}: ${subject}`,
  )
  return { inputTree, snapshot, edits, report: end.report, text: end.text }
}
