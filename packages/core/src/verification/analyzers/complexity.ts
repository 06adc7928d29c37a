import { z } from 'zod'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { parseOutput, quoteWords, treePath } from './parse-output.ts'
import { isPython, isScript } from './source-files.ts'

const VERY_COMPLEX = 30

const reportSchema = z.object({
  findings: z.array(
    z.object({
      path: z.string(),
      line: z.number().int().positive(),
      kind: z.enum(['complexity', 'depth']),
      value: z.number(),
      name: z.string().nullable(),
    }),
  ),
})

/** Functions with more than 15 independent paths, or blocks nested more than five deep. */
export const complexity: AnalyzerTool = {
  name: 'complexity',
  mode: 'fast',
  packages: ['oxlint'],
  looksAt: (path) => isScript(path) || isPython(path),
  command: ({ tools }) => ({ argv: ['node', `${tools}/programs/complexity.mjs`] }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).findings.flatMap(
      ({ path: printed, line, kind, value, name }): RawFinding[] => {
        const path = treePath(printed)
        if (path === null || path.includes('node_modules/')) return []
        const subject = name === null ? 'This function' : `The function ${quoteWords(name)}`
        const isDepth = kind === 'depth'
        return [
          {
            ...{ path, line, category: 'maintainability', rule: `complexity:${kind}`, meaning: `complexity:${kind}` },
            severity: !isDepth && value > VERY_COMPLEX ? 'medium' : 'low',
            message: isDepth
              ? `Blocks are nested ${value} deep here; nobody keeps that many conditions in mind.`
              : `${subject} has ${value} independent paths; each needs a test, and changes go wrong easily.`,
            suggestion: isDepth
              ? 'Return early, or take the inner part out.'
              : 'Split it, or put the cases into a table.',
          },
        ]
      },
    )
  },
}
