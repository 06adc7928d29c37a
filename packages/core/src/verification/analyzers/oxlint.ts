import { z } from 'zod'
import { looksLikeTest } from '../project/read-project.ts'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { judgeOxlintRule } from './oxlint-rules.ts'
import { parseOutput, quoteWords, treePath } from './parse-output.ts'
import { isScript } from './source-files.ts'

/** `-f json` of oxlint; a file that does not parse has no code. */
const reportSchema = z.object({
  diagnostics: z.array(
    z.object({
      message: z.string(),
      code: z.string().optional(),
      help: z.string().optional(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number().int().nonnegative() }) })),
    }),
  ),
})

/** What is plainly wrong in JavaScript and TypeScript, by oxlint's rules of correctness and some more. */
export const oxlint: AnalyzerTool = {
  name: 'oxlint',
  mode: 'fast',
  packages: ['oxlint'],
  looksAt: isScript,
  command: ({ tools }) => ({
    argv: [
      'node',
      `${tools}/node_modules/oxlint/bin/oxlint`,
      ...['--config', `${tools}/programs/oxlint.json`, '--disable-nested-config', '--no-ignore'],
      ...['--no-error-on-unmatched-pattern', '--format', 'json', '.'],
    ],
  }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).diagnostics.flatMap(
      ({ message, code, help, filename, labels }): RawFinding[] => {
        const path = treePath(filename)
        if (path === null || path.includes('node_modules/')) return []
        // of two places that contradict each other the later one is the fault
        const line = Math.max(1, ...labels.map(({ span }) => span.line))
        const name = /\(([\w/-]+)\)$/.exec(code ?? '')?.[1] ?? null
        if (name === null) {
          const words = `The file does not parse: ${quoteWords(message)}`
          return [
            {
              path,
              line,
              severity: 'high',
              category: 'correctness',
              rule: 'oxlint:syntax',
              meaning: 'syntax',
              message: words,
            },
          ]
        }
        const { severity, category, meaning } = judgeOxlintRule(name)
        if (severity === 'info' && looksLikeTest(path)) return []
        return [
          {
            ...{ path, line, severity, category, meaning: meaning ?? `oxlint:${name}` },
            rule: `oxlint:${name}`,
            message: quoteWords(message),
            ...(help ? { suggestion: quoteWords(help) } : {}),
          },
        ]
      },
    )
  },
}
