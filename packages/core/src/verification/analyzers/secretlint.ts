import { z } from 'zod'
import { looksLikeTest } from '../project/read-project.ts'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { parseOutput, treePath } from './parse-output.ts'
import { wantedFiles } from './wanted-files.ts'

const reportSchema = z.object({
  findings: z.array(
    z.object({
      path: z.string(),
      line: z.number().int().positive(),
      endLine: z.number().int().positive(),
      rule: z.string().regex(/^[\w@/-]{1,80}$/),
      kind: z.string(),
    }),
  ),
})

/** Credentials of known form in any text file. What was found is never repeated, only where. */
export const secretlint: AnalyzerTool = {
  name: 'secretlint',
  mode: 'fast',
  packages: ['@secretlint/core', '@secretlint/secretlint-rule-preset-recommend'],
  looksAt: () => true,
  command: ({ tools, wanted }) => ({ argv: ['node', `${tools}/programs/secretlint.mjs`], ...wantedFiles(wanted) }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).findings.flatMap(
      ({ path: printed, line, endLine, rule, kind }): RawFinding[] => {
        const path = treePath(printed)
        if (path === null) return []
        const name = kind.replace(/[^\w -]/g, '').slice(0, 60)
        return [
          {
            ...{ path, line, endLine, category: 'secrets', meaning: 'CWE-798' },
            // a key in a test is often made up; one in the product is taken for real
            severity: looksLikeTest(path) ? 'medium' : 'high',
            rule: `secretlint:${rule}`,
            message: `A credential stands in the file (${rule}: ${name}); everyone who can read the repository can use it.`,
            suggestion: 'Read it from the environment or a secret store, and replace this one since it is known now.',
          },
        ]
      },
    )
  },
}
