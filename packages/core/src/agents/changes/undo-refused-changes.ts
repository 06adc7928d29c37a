import { CodexError } from '@codex/protocol'
import type { FileEdit, Workspace } from '../../workspace/workspace.ts'
import { readAtIfPresent, readIfPresent } from '../evidence/read-if-present.ts'
import { ALLOW_ALL, type WritePolicy } from '../tools/write-policy.ts'

/**
 * Takes back what a step changed outside of what it may change. Tools refuse such writes; commands that the agent
 * ran can still make them.
 * @returns the edits that remain, and the paths that were put back
 * @throws CodexError AGENT_FAILED when a file cannot be put back because it is not text
 */
export async function undoRefusedChanges(
  workspace: Workspace,
  inputTree: string,
  policy: WritePolicy,
): Promise<{ readonly edits: readonly FileEdit[]; readonly undone: readonly string[] }> {
  const edits = await workspace.diff(inputTree, await workspace.treeHash())
  if (policy === ALLOW_ALL) return { edits, undone: [] }
  const undone: string[] = []
  for (const edit of edits) {
    const touched = edit.from === undefined || edit.operation !== 'rename' ? [edit.path] : [edit.from, edit.path]
    for (const path of touched) {
      const existed = edit.operation === 'rename' ? path === edit.from : edit.operation !== 'create'
      const previous = existed ? await readAtIfPresent(workspace, inputTree, path) : null
      const next = await readIfPresent(workspace, path)
      if (policy.accepts(path, next, previous)) continue
      if (!existed) await workspace.deleteFile(path)
      else if (previous === null || edit.diff === '') throw cannotUndo(path)
      else await workspace.writeFile(path, previous)
      undone.push(path)
    }
  }
  return { edits: undone.length === 0 ? edits : await workspace.diff(inputTree, await workspace.treeHash()), undone }
}

function cannotUndo(path: string): CodexError {
  const message = `The agent changed "${path}", which it may not change, and the file is not text that could be put back`
  return new CodexError('AGENT_FAILED', message)
}
