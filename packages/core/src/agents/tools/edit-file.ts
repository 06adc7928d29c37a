import { z } from 'zod'
import { normalizePath } from '../../task/given-files.ts'
import { filePath } from './file-path.ts'
import { defineTool } from './tool.ts'

export const editFile = defineTool({
  name: 'edit_file',
  description:
    'Replaces one piece of a file. `search` must occur exactly once, character by character; take in enough lines around it.',
  inputSchema: z.object({ path: filePath, search: z.string().min(1), replacement: z.string() }),
  async execute({ path: givenPath, search, replacement }, { workspace, policy }) {
    const path = normalizePath(givenPath)
    const previous = await workspace.readFile(path)
    const parts = previous.split(search)
    if (parts.length === 1) {
      return { text: `"search" does not occur in "${path}". Read the file and copy the text exactly.`, failed: true }
    }
    if (parts.length > 2) {
      return {
        text: `"search" occurs ${parts.length - 1} times in "${path}". Take in more lines around it.`,
        failed: true,
      }
    }
    const refusal = policy.refuse(path, parts.join(replacement), previous)
    if (refusal !== null) return { text: refusal, failed: true }
    if (search === replacement) return { text: '"search" and "replacement" are the same; nothing changed.' }
    await workspace.editFile(path, search, replacement)
    return { text: `Edited "${path}".`, changed: path }
  },
})
