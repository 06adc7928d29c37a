import { z } from 'zod'
import { normalizePath } from '../../task/given-files.ts'
import { readIfPresent } from '../evidence/read-if-present.ts'
import { LEFT_OUT } from '../tool-loop/left-out.ts'
import { filePath } from './file-path.ts'
import { defineTool } from './tool.ts'

export const writeFile = defineTool({
  name: 'write_file',
  description: 'Creates a file with this content, or replaces all of it. For a small change of a file use edit_file.',
  inputSchema: z.object({ path: filePath, content: z.string().describe('The complete content of the file') }),
  async execute({ path: givenPath, content }, { workspace, policy }) {
    const path = normalizePath(givenPath)
    if (content.includes(LEFT_OUT)) {
      return {
        text: 'The content has a placeholder of this transcript in it; write the whole content out.',
        failed: true,
      }
    }
    const previous = await readIfPresent(workspace, path)
    const refusal = policy.refuse(path, content, previous)
    if (refusal !== null) return { text: refusal, failed: true }
    if (previous === content) return { text: `"${path}" has this content already; nothing changed.` }
    await workspace.writeFile(path, content)
    const lines = content.split('\n').length - (content.endsWith('\n') ? 1 : 0)
    return { text: `${previous === null ? 'Created' : 'Replaced'} "${path}" (${lines} lines).`, changed: path }
  },
})
