import type { Severity } from '@codex/protocol'
import { z } from 'zod'
import { looksLikeTest } from '../project/read-project.ts'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { parseOutput, quoteWords, treePath } from './parse-output.ts'

const reportSchema = z.object({
  findings: z.array(
    z.object({
      path: z.string(),
      line: z.number().int().positive(),
      endLine: z.number().int().positive(),
      rule: z.string(),
      message: z.string(),
    }),
  ),
})

const JUDGEMENTS: Readonly<Record<string, { readonly severity: Severity; readonly meaning: string }>> = {
  'security/detect-child-process': { severity: 'medium', meaning: 'CWE-78' },
  'security/detect-eval-with-expression': { severity: 'high', meaning: 'CWE-95' },
  'security/detect-unsafe-regex': { severity: 'medium', meaning: 'CWE-1333' },
  'security/detect-possible-timing-attacks': { severity: 'medium', meaning: 'CWE-208' },
  'security/detect-pseudoRandomBytes': { severity: 'medium', meaning: 'CWE-330' },
  'security/detect-bidi-characters': { severity: 'high', meaning: 'CWE-94' },
  'security/detect-disable-mustache-escape': { severity: 'medium', meaning: 'CWE-79' },
  'security/detect-no-csrf-before-method-override': { severity: 'medium', meaning: 'CWE-352' },
  'security/detect-buffer-noassert': { severity: 'medium', meaning: 'CWE-119' },
  'security/detect-new-buffer': { severity: 'low', meaning: 'CWE-665' },
}

/** ESLint's security rules over JavaScript: the deep option, since starting it takes seconds. */
export const eslint: AnalyzerTool = {
  name: 'eslint',
  mode: 'deep',
  packages: ['eslint', 'eslint-plugin-security'],
  looksAt: (path) => /\.([cm]?js|jsx)$/.test(path),
  command: ({ tools }) => ({ argv: ['node', `${tools}/programs/eslint.mjs`] }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).findings.flatMap(
      ({ path: printed, line, endLine, rule, message }): RawFinding[] => {
        const path = treePath(printed)
        if (path === null || looksLikeTest(path)) return []
        const isSecurity = rule.startsWith('security/')
        const { severity, meaning } = JUDGEMENTS[rule] ?? { severity: 'low', meaning: `eslint:${rule}` }
        return [
          {
            ...{ path, line, endLine, severity, meaning, rule: `eslint:${rule}` },
            category: isSecurity ? 'security' : 'correctness',
            message: quoteWords(message),
          },
        ]
      },
    )
  },
}
