import { CodexError } from '@codex/protocol'
import type { Workspace } from '../../workspace/workspace.ts'

/** Content of a file, or null when it is missing or cannot be read as text. */
export async function readIfPresent(workspace: Workspace, path: string): Promise<string | null> {
  try {
    return await workspace.readFile(path)
  } catch (error) {
    // The contract has one code for missing, link and too large; whoever asks treats all of them as "no such text".
    if (CodexError.isInstance(error) && error.code === 'WORKSPACE_ERROR') return null
    throw error
  }
}

/** The same for a file of a tree. */
export async function readAtIfPresent(workspace: Workspace, tree: string, path: string): Promise<string | null> {
  try {
    return await workspace.readFileAt(tree, path)
  } catch (error) {
    if (CodexError.isInstance(error) && error.code === 'WORKSPACE_ERROR') return null
    throw error
  }
}
