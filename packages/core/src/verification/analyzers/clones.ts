import { z } from 'zod'
import { looksLikeTest } from '../project/read-project.ts'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { parseOutput, treePath } from './parse-output.ts'
import { platformPackage } from './platform-package.ts'
import { isPython, isScript } from './source-files.ts'

const PACKAGE = platformPackage('jscpd-', 'gnu')
const MIN_LINES = 8
const MIN_TOKENS = 80

const placeSchema = z.object({ name: z.string(), start: z.number().int().positive(), end: z.number().int().positive() })
const reportSchema = z.object({
  duplicates: z.array(z.object({ lines: z.number().int(), firstFile: placeSchema, secondFile: placeSchema })),
})

/** jscpd writes its report to a file only; the script hands it on. $0 is the program, $1 the rest of its name. */
const SCRIPT = `"$0" "$@" --output "$TMPDIR/clones" . >/dev/null 2>&1; cat "$TMPDIR/clones/jscpd-report.json"`

/** Passages of code that stand in two places, by jscpd. */
export const clones: AnalyzerTool = {
  name: 'clones',
  mode: 'fast',
  packages: [PACKAGE],
  looksAt: (path) => (isScript(path) || isPython(path)) && !looksLikeTest(path),
  command: ({ tools }) => ({
    argv: [
      ...(['/bin/sh', '-c', SCRIPT] as const),
      `${tools}/node_modules/${PACKAGE}/bin/jscpd`,
      ...[
        '--min-lines',
        String(MIN_LINES),
        '--min-tokens',
        String(MIN_TOKENS),
        '--mode',
        'mild',
        '--reporters',
        'json',
      ],
      ...['--format', 'javascript,jsx,typescript,tsx,python', '--ignore', '**/node_modules/**', '--no-gitignore'],
      ...['--config', `${tools}/programs/clones.json`],
    ],
  }),
  read(stdout) {
    return parseOutput(reportSchema, stdout).duplicates.flatMap(({ lines, firstFile, secondFile }) => [
      ...describe(firstFile, secondFile, lines),
      ...describe(secondFile, firstFile, lines),
    ])
  },
}

function describe(here: z.infer<typeof placeSchema>, there: z.infer<typeof placeSchema>, lines: number): RawFinding[] {
  const path = treePath(here.name)
  const other = treePath(there.name)
  if (path === null || other === null || looksLikeTest(path) || looksLikeTest(other)) return []
  return [
    {
      ...{ path, line: here.start, endLine: here.end, severity: 'low', category: 'maintainability', rule: 'clones' },
      meaning: `clones:${other}:${there.start}`,
      message: `The same ${lines} lines stand in ${other}:${there.start}; a fault mended here stays there.`,
      suggestion: 'Take them out into one function.',
    },
  ]
}
