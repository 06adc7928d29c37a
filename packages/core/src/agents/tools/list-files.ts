import { z } from 'zod'
import { normalizePath } from '../../task/given-files.ts'
import { defineTool } from './tool.ts'

const MAX_FILES = 500

export const listFiles = defineTool({
  name: 'list_files',
  description: `Lists the files of the repository, sorted, at most ${MAX_FILES}; ignored ones such as node_modules are left out.`,
  inputSchema: z.object({
    prefix: z.string().max(4_096).optional().describe('Only paths that start with this, such as "src/"'),
  }),
  async execute({ prefix }, { workspace }) {
    const wanted = normalizePath(prefix ?? '').replace(/^\.$/, '')
    const files = await workspace.listFiles({ ...(wanted === '' ? {} : { prefix: wanted }), limit: MAX_FILES + 1 })
    if (files.length === 0) return { text: wanted === '' ? '(no files yet)' : `(no files start with "${wanted}")` }
    if (files.length <= MAX_FILES) return { text: files.join('\n') }
    return {
      text: `${files.slice(0, MAX_FILES).join('\n')}\n(more than ${MAX_FILES} files; give a prefix to see others)`,
    }
  },
})
