import { z } from 'zod'
import { defineTool } from './tool.ts'

const MAX_HITS = 100
const MAX_LINE_CHARACTERS = 300

export const searchFiles = defineTool({
  name: 'search_files',
  description: `Searches all files for a text; answers path:line: text, at most ${MAX_HITS} hits.`,
  inputSchema: z.object({
    query: z.string().min(1).max(1_000),
    regex: z.boolean().optional().describe('Take the query as a POSIX extended regular expression'),
  }),
  async execute({ query, regex }, { workspace }) {
    const hits = await workspace.search(query, { ...(regex === undefined ? {} : { regex }), limit: MAX_HITS + 1 })
    if (hits.length === 0) return { text: '(no hits)' }
    const lines = hits
      .slice(0, MAX_HITS)
      .map((hit) => `${hit.path}:${hit.line}: ${hit.text.trim().slice(0, MAX_LINE_CHARACTERS)}`)
    if (hits.length > MAX_HITS) lines.push(`(more than ${MAX_HITS} hits; search for something narrower)`)
    return { text: lines.join('\n') }
  },
})
