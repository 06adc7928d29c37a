import type { AgentTask } from '../../../task/agent-task.ts'
import type { FoundCause, RootCause } from './found-cause.ts'

/** Measured by the coverage tool, not guessed; that tests of these lines are wanted is the goal's word. */
const CONFIDENCE = 0.9
const MAX_RANGES = 20
const MAX_RANGES_OF_FILE = 12

interface Range {
  readonly from: number
  readonly to: number
}

/** The lines that no test executes, when that kept the coverage below its goal; null otherwise. */
export function describeCoverage(task: AgentTask): FoundCause | null {
  const files = readUncovered(task).filter(({ lines }) => lines.length > 0)
  if (files.length === 0) return null
  const ranges = files.map(({ path, lines }) => ({ path, ranges: toRanges(lines) }))
  const named = ranges.map(
    (file) => `${file.path} ${file.ranges.slice(0, MAX_RANGES_OF_FILE).map(printRange).join(', ')}`,
  )
  const reason = task.failure?.reasons.find((text) => /coverage/i.test(text)) ?? ''
  const evidence: RootCause['evidence'] = ranges
    .flatMap((file) => file.ranges.map(({ from }) => ({ path: file.path, line: from, log: reason })))
    .slice(0, MAX_RANGES)
  return {
    hypothesis: `The coverage is below its goal because no test executes these lines: ${named.join('; ')}.`,
    confidence: CONFIDENCE,
    evidence,
    topics: ['coverage', 'test'],
    monitoring: [],
    suggestion: null,
  }
}

function readUncovered(task: AgentTask): readonly { readonly path: string; readonly lines: readonly number[] }[] {
  if (task.failure !== undefined) return task.failure.uncovered
  const coverage = task.tests?.coverage
  if (coverage?.met !== false) return []
  return coverage.files.map(({ path, uncoveredLines }) => ({ path, lines: uncoveredLines }))
}

function toRanges(lines: readonly number[]): readonly Range[] {
  const ranges: Range[] = []
  for (const line of [...new Set(lines)].filter((number) => number > 0).sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === line - 1) ranges[ranges.length - 1] = { from: last.from, to: line }
    else ranges.push({ from: line, to: line })
  }
  return ranges
}

function printRange({ from, to }: Range): string {
  return from === to ? String(from) : `${from}-${to}`
}
