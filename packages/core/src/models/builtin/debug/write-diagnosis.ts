import type { DiagnosisContent } from '@codex/protocol'
import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import { describeCoverage } from './coverage-shortfall.ts'
import type { FoundCause } from './found-cause.ts'
import { groupCauses } from './group-causes.ts'
import { matchesDebugFocus, orderCauses, readDebugFocus } from './order-causes.ts'
import { type LogText, readLogs } from './read-logs.ts'
import { recognizeCauses } from './recognize.ts'
import { openTaskFiles } from './task-files.ts'

const MAX_CAUSES = 20
const MAX_RECOMMENDATIONS = 12
const ABILITIES =
  'It reads errors and stack traces of Node, Python, Go and Java, failed tests, HTTP status lines and errors of databases and compilers.'

/**
 * Reads logs, failed tests and uncovered lines of a task by rules: the same task, the same diagnosis.
 * @throws CodexError MODEL_CANNOT_SERVE when the logs hold nothing that the rules know and nothing failed
 */
export function writeDiagnosis(task: AgentTask): DiagnosisContent {
  const texts = readLogs(task)
  const found = groupCauses(recognizeCauses(texts, openTaskFiles(task)))
  const coverage = describeCoverage(task)
  const known = coverage === null ? found : [...found, coverage]
  const causes = known.length > 0 ? known : describeReasons(task)
  if (causes.length === 0) throw cannotServe(`${sayNothingKnown(texts)} ${ABILITIES}`)
  const focus = readDebugFocus(task)
  const ordered = orderCauses(causes, focus).slice(0, MAX_CAUSES)
  return {
    summary: summarise(texts, causes.length, ordered, focus),
    rootCauses: ordered.map(({ hypothesis, confidence, evidence }) => ({ hypothesis, confidence, evidence })),
    patchSuggestions: uniquePatches(ordered),
    monitoringRecommendations: [...new Set(ordered.flatMap(({ monitoring }) => monitoring))].slice(
      0,
      MAX_RECOMMENDATIONS,
    ),
  }
}

/** Something failed, but no rule knows its output: the reasons themselves are all there is. */
function describeReasons(task: AgentTask): readonly FoundCause[] {
  const reasons = task.failure?.reasons ?? []
  if (task.failure === undefined) return []
  return [
    {
      hypothesis: `The checks failed for a reason that no rule knows${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}.`,
      confidence: 0.1,
      evidence: reasons.map((log) => ({ path: null, line: null, log })),
      topics: [],
      monitoring: [],
      suggestion: null,
    },
  ]
}

function sayNothingKnown(texts: readonly LogText[]): string {
  const lines = countLines(texts, 'logs')
  if (lines === 0) return 'There are no logs and no failed tests to read.'
  return lines === 1
    ? 'The line of the logs tells no cause that it knows.'
    : `None of the ${lines} lines of the logs tells a cause that it knows.`
}

function summarise(
  texts: readonly LogText[],
  total: number,
  shown: readonly FoundCause[],
  focus: readonly string[],
): string {
  const tests = texts.filter(({ test }) => test !== null).length
  const read = [
    ...describeCount(countLines(texts, 'logs'), 'line of logs', 'lines of logs'),
    ...describeCount(tests, 'failed test', 'failed tests'),
    ...describeCount(countLines(texts, 'output'), 'line of output', 'lines of output'),
  ]
  const inFocus = shown.some((cause) => matchesDebugFocus(cause, focus))
  return [
    `Read by rules: ${read.length > 0 ? read.join(', ') : 'the request and its failure'}; ${total} ${total === 1 ? 'cause' : 'causes'} found${total > shown.length ? `, the first ${shown.length} shown` : ''}.`,
    `${shown.length > 1 ? 'First' : 'It is'}: ${shown[0]?.hypothesis ?? ''}`,
    ...(focus.length > 0 && !inFocus ? [`Nothing found is about the focus (${focus.join(', ')}).`] : []),
    'Rules see patterns in text, not intent; the confidence says how much the text supports each.',
  ].join(' ')
}

function countLines(texts: readonly LogText[], origin: LogText['origin']): number {
  return texts.filter((text) => text.origin === origin).reduce((sum, { lines }) => sum + lines.length, 0)
}

function describeCount(count: number, one: string, many: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
}

/** One patch a file and import, however many causes lead to it. */
function uniquePatches(causes: readonly FoundCause[]): DiagnosisContent['patchSuggestions'] {
  const patches = causes.flatMap(({ suggestion }) => (suggestion === null ? [] : [suggestion]))
  return [...new Map(patches.map((patch) => [patch.diff, patch])).values()]
}
