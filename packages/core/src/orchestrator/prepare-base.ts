import type { NormalizedOptions } from '../task/index.ts'
import type { Workspace } from '../workspace/workspace.ts'

/**
 * Puts the files that the request brings into a new worktree, as the state that the run starts from.
 * @returns the base tree
 */
export async function prepareBase(workspace: Workspace, options: NormalizedOptions): Promise<string> {
  const given = [...(options.existingFiles ?? []), ...(options.codebaseFiles ?? [])]
  const withContent = given.filter((file) => file.content !== undefined)
  if (withContent.length === 0) return workspace.baseTree
  for (const file of withContent) await workspace.writeFile(file.path, file.content ?? '')
  const { tree } = await workspace.commit('Files given with the request')
  return tree
}
