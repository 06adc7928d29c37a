import type { NormalizedOptions } from '../task/index.ts'
import type { Workspace } from '../workspace/workspace.ts'

export const GIVEN_FILES_MESSAGE = 'Files given with the request'

/**
 * Puts the files that the request brings into a new worktree, as the state that the run starts from.
 * @param committedAt seconds since 1970
 * @returns the base tree
 */
export async function prepareBase(
  workspace: Workspace,
  options: NormalizedOptions,
  committedAt: number,
): Promise<string> {
  const given = [...(options.existingFiles ?? []), ...(options.codebaseFiles ?? [])]
  const withContent = given.filter((file) => file.content !== undefined)
  if (withContent.length === 0) return workspace.baseTree
  for (const file of withContent) await workspace.writeFile(file.path, file.content ?? '')
  const { tree } = await workspace.commit(GIVEN_FILES_MESSAGE, committedAt)
  return tree
}
