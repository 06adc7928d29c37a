import { SEVERITIES } from '@codex/protocol'
import { z } from 'zod'
import { looksLikeTest } from '../project/read-project.ts'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { parseOutput, treePath } from './parse-output.ts'
import { platformPackage } from './platform-package.ts'
import { isPython, isScript } from './source-files.ts'

const PACKAGE = platformPackage('@ast-grep/cli-', 'gnu')

/** @see https://ast-grep.github.io/guide/tools/json.html */
const reportSchema = z.array(
  z.object({
    file: z.string(),
    ruleId: z.string().regex(/^(js|py)-[a-z-]+$/),
    message: z.string(),
    note: z.string().nullish(),
    range: z.object({
      start: z.object({ line: z.number().int().nonnegative() }),
      end: z.object({ line: z.number().int().nonnegative() }),
    }),
    metadata: z.object({
      cwe: z.string().optional(),
      category: z.enum(['security', 'correctness', 'secrets']),
      severity: z.enum(SEVERITIES),
      /** `ignore`: what tests do on purpose. */
      tests: z.literal('ignore').optional(),
    }),
  }),
)

/** Rules of our own over the syntax tree of JavaScript, TypeScript and Python: `rules/` of the tools. */
export const astGrep: AnalyzerTool = {
  name: 'ast-grep',
  mode: 'fast',
  packages: [PACKAGE],
  looksAt: (path) => isScript(path) || isPython(path),
  command: ({ tools }) => ({
    argv: [
      `${tools}/node_modules/${PACKAGE}/ast-grep`,
      ...['scan', '--config', `${tools}/rules/sgconfig.yml`, '--json=compact', '--include-metadata'],
      ...['hidden', 'dot', 'exclude', 'global', 'parent', 'vcs'].flatMap((kind) => ['--no-ignore', kind]),
      // an installed package may be linked in by another analyzer
      ...['--globs', '!**/node_modules/**', '--threads', '2', '.'],
    ],
  }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).flatMap(
      ({ file, ruleId, message, note, range, metadata }): RawFinding[] => {
        const path = treePath(file)
        if (path === null || (metadata.tests === 'ignore' && looksLikeTest(path))) return []
        const line = range.start.line + 1
        const rule = metadata.cwe ?? ruleId
        return [
          {
            ...{ path, line, endLine: range.end.line + 1, severity: metadata.severity, category: metadata.category },
            ...{ message, rule, meaning: rule },
            ...(note ? { suggestion: note } : {}),
          },
        ]
      },
    )
  },
}
