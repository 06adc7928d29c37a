import { z } from 'zod'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { parseOutput, quoteWords, treePath } from './parse-output.ts'
import { wantedFiles } from './wanted-files.ts'

const reportSchema = z.object({
  diagnostics: z.array(
    z.object({
      path: z.string(),
      line: z.number().int().positive(),
      endLine: z.number().int().positive(),
      code: z.number().int(),
      isSyntax: z.boolean(),
      message: z.string(),
    }),
  ),
})

/** Codes whose meaning another analyzer may report too. */
const MEANINGS: Readonly<Record<number, string>> = {
  7027: 'unreachable',
  7029: 'fallthrough',
  2367: 'constant-comparison',
  2839: 'constant-comparison',
  2845: 'use-isnan',
  1117: 'duplicate-key',
  2678: 'constant-comparison',
}

/**
 * The TypeScript compiler with options of our own. JavaScript is checked where it asks for it (`// @ts-check`, checkJs).
 * Errors that follow from packages which are not installed are left out.
 */
export const typescript: AnalyzerTool = {
  name: 'typescript',
  mode: 'fast',
  packages: ['typescript'],
  looksAt: (path) => /\.([cm]?ts|tsx)$/.test(path),
  command: ({ tools, worktree, wanted }) => ({
    argv: ['node', `${tools}/programs/typescript.mjs`, worktree],
    ...wantedFiles(wanted),
  }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).diagnostics.flatMap((diagnostic): RawFinding[] => {
      const path = treePath(diagnostic.path)
      if (path === null) return []
      const { line, endLine, code, isSyntax } = diagnostic
      const words = quoteWords(diagnostic.message)
      return [
        {
          ...{ path, line, endLine, severity: isSyntax ? 'high' : 'medium', category: 'correctness' },
          rule: `TS${code}`,
          meaning: isSyntax ? 'syntax' : (MEANINGS[code] ?? `TS${code}`),
          message: isSyntax ? `The file does not parse: ${words}` : `The types do not fit: ${words}`,
        },
      ]
    })
  },
}
