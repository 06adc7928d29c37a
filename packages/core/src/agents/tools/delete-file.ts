import { z } from 'zod'
import { normalizePath } from '../../task/given-files.ts'
import { readIfPresent } from '../evidence/read-if-present.ts'
import { filePath } from './file-path.ts'
import { defineTool } from './tool.ts'

export const deleteFile = defineTool({
  name: 'delete_file',
  description: 'Deletes a file.',
  inputSchema: z.object({ path: filePath }),
  async execute({ path: givenPath }, { workspace, policy }) {
    const path = normalizePath(givenPath)
    const refusal = policy.refuse(path, null, await readIfPresent(workspace, path))
    if (refusal !== null) return { text: refusal, failed: true }
    await workspace.deleteFile(path)
    return { text: `Deleted "${path}".`, changed: path }
  },
})
