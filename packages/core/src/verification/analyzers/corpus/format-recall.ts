import type { AnalyzerFinding } from '../../analysis.ts'
import type { JudgedDefect, RecallReport } from './measure-recall.ts'

type Group = readonly [name: string, belongs: (defect: JudgedDefect) => boolean]

const GROUPS: readonly Group[] = [
  ['security', ({ kind }) => kind === 'security'],
  ['secrets', ({ kind }) => kind === 'secrets'],
  ['types', ({ kind }) => kind === 'type'],
  ['correctness', ({ kind }) => kind === 'correctness'],
  ['maintainability', ({ kind }) => kind === 'maintainability'],
  ['logic', ({ kind }) => kind === 'logic'],
  ['JavaScript', ({ language }) => language === 'javascript'],
  ['TypeScript', ({ language }) => language === 'typescript'],
  ['Python', ({ language }) => language === 'python'],
  ['known to the rules', ({ part }) => part === 'known'],
  ['held out', ({ part }) => part === 'held_out'],
  ['all but logic', ({ kind }) => kind !== 'logic'],
  ['all', () => true],
]

export interface RecallRow {
  readonly group: string
  readonly planted: number
  readonly found: number
}

/** Planted and found by kind, by language, and by whether the rules' author had seen the file. */
export function recallRows({ defects }: RecallReport): readonly RecallRow[] {
  return GROUPS.map(([group, belongs]) => {
    const planted = defects.filter(belongs)
    return { group, planted: planted.length, found: planted.filter(({ isFound }) => isFound).length }
  })
}

/** The report for people: a table, the missed ones, and what was found where nothing is. */
export function formatRecall(report: RecallReport): string {
  const rows = recallRows(report).map(({ group, planted, found }) => {
    const share = planted === 0 ? '-' : `${Math.round((100 * found) / planted)} %`
    return [
      group.padEnd(20),
      ...[planted, found, planted - found].map((n) => String(n).padStart(8)),
      share.padStart(8),
    ].join('')
  })
  const missed = report.defects.filter(({ isFound }) => !isFound)
  return [
    `${' '.repeat(20)} planted   found  missed  recall`,
    ...rows,
    '',
    `${report.cleanFiles} files without a fault: ${describeAlarms(report.falseAlarms)}`,
    ...report.falseAlarms.map(describeFinding),
    '',
    `missed: ${missed.length}`,
    ...missed.map(({ path, line, kind, rule, what }) => `  ${path}:${line}  ${kind} ${rule}: ${what}`),
    '',
    `findings of medium or worse beside the planted ones: ${report.besides.length}`,
    ...report.besides.map(describeFinding),
    '',
    ...report.analyzers.map(
      ({ name, status, findings, durationMs, message }) =>
        `${name.padEnd(12)} ${status.padEnd(10)} ${String(findings).padStart(3)} findings ${String(Math.round(durationMs)).padStart(6)} ms ${message}`,
    ),
    `${report.defects.length} defects in ${Math.round(report.durationMs)} ms`,
    '',
  ].join('\n')
}

function describeAlarms(alarms: readonly AnalyzerFinding[]): string {
  const worse = alarms.filter(({ severity }) => severity !== 'info' && severity !== 'low')
  return `${worse.length} false alarms of medium or worse, ${alarms.length - worse.length} below`
}

function describeFinding({ path, line, severity, rule, message }: AnalyzerFinding): string {
  return `  ${path}:${line}  ${severity} ${rule ?? ''}: ${message}`
}
