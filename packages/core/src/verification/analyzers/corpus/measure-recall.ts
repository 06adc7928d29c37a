import { type AnalyzerOutcome, SEVERITIES, type Severity } from '@codex/protocol'
import type { AnalyzerFinding } from '../../analysis.ts'
import { openAnalyzerBench } from './analyzer-bench.ts'
import { type CorpusFile, type PlantedDefect, readCorpus } from './read-corpus.ts'

/** A tool may name the line of the call or that of the argument. */
const NEARBY_LINES = 1

export interface JudgedDefect extends PlantedDefect {
  readonly path: string
  readonly language: CorpusFile['language']
  readonly part: CorpusFile['part']
  readonly isFound: boolean
}

/** What the objective half of the review sees of planted defects. */
export interface RecallReport {
  readonly defects: readonly JudgedDefect[]
  readonly cleanFiles: number
  /** Findings in files that are right. */
  readonly falseAlarms: readonly AnalyzerFinding[]
  /** Findings of medium or worse in files with defects that are none of those planted. */
  readonly besides: readonly AnalyzerFinding[]
  readonly analyzers: readonly AnalyzerOutcome[]
  readonly durationMs: number
}

/**
 * Runs the analyzers over a folder of planted defects and counts what they find.
 *
 * A defect counts as found when a finding of at least its severity stands at its line (or the next one) and means it:
 * the same CWE for security and secrets, a finding that is not about security for the others.
 * @param folder with `manifest.json`
 */
export async function measureRecall(folder: string, mode: 'fast' | 'deep' = 'fast'): Promise<RecallReport> {
  const { files, sources } = await readCorpus(folder)
  await using bench = await openAnalyzerBench()
  const workspace = await bench.open('corpus', sources)
  await bench.analyze(await bench.open('warm-up', { 'a.md': '' })) // the tools are copied once; that is not measured
  const started = performance.now()
  const { findings, analyzers } = await bench.analyze(workspace, { mode })
  const durationMs = performance.now() - started
  const defects = files.flatMap(({ path, language, part, defects }) =>
    defects.map((defect) => ({
      ...defect,
      ...{ path, language, part },
      isFound: findings.some((finding) => finds(finding, path, defect)),
    })),
  )
  const clean = new Set(files.filter(({ defects }) => defects.length === 0).map(({ path }) => path))
  return {
    defects,
    cleanFiles: clean.size,
    falseAlarms: findings.filter(({ path }) => clean.has(path)),
    besides: findings.filter(
      (finding) =>
        !clean.has(finding.path) &&
        isAtLeast(finding.severity, 'medium') &&
        !defects.some((defect) => finds(finding, defect.path, defect)),
    ),
    analyzers,
    durationMs,
  }
}

function finds(finding: AnalyzerFinding, path: string, { line, kind, rule, severity }: PlantedDefect): boolean {
  const isThere = finding.line <= line + NEARBY_LINES && line - NEARBY_LINES <= (finding.endLine ?? finding.line)
  if (finding.path !== path || !isThere || !isAtLeast(finding.severity, severity)) return false
  const isAboutSecurity = finding.category === 'security' || finding.category === 'secrets'
  if (kind === 'logic') return true
  if (kind === 'security') return finding.rule === rule
  return kind === 'secrets' ? finding.category === 'secrets' : !isAboutSecurity
}

function isAtLeast(severity: Severity, wanted: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(wanted)
}
