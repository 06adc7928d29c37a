import { SEVERITIES, type Severity } from '@codex/protocol'
import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import { matchesFocus } from './review-focus.ts'
import type { ReviewRule } from './review-rule.ts'
import { isScriptPath, type ReviewedFile, readReviewedFile } from './reviewed-file.ts'
import { REVIEW_RULES } from './rules/index.ts'

interface RuleFinding {
  readonly severity: Severity
  readonly category: string
  readonly path: string
  readonly line: number
  readonly message: string
  readonly suggestion: string
  readonly rule: string
}

export interface RuleReview {
  readonly summary: string
  readonly findings: readonly RuleFinding[]
  readonly recommendations: readonly string[]
}

/** Files of other languages; documents and settings need no review by rules. */
const OTHER_CODE = /\.(?:py|go|rs|rb|java|kt|cs|php|c|cc|cpp|h|swift|scala|ex|exs|lua|sh|sql|vue|svelte)$/
const MAX_FINDINGS = 200

/**
 * Reviews the files of a task by rules.
 * @throws CodexError MODEL_CANNOT_SERVE when there is code in other languages only, or nothing to read at all
 */
export function reviewTask(task: AgentTask): RuleReview {
  const contents = Object.entries(task.fileContents ?? {})
  const files = contents.filter(([path]) => isScriptPath(path)).map(([path, text]) => readReviewedFile(path, text))
  const others = contents.map(([path]) => path).filter((path) => OTHER_CODE.test(path))
  if (files.length === 0 && others.length > 0) {
    throw cannotServe(`It reviews JavaScript and TypeScript only, and the files are ${others.slice(0, 5).join(', ')}.`)
  }
  if (contents.length === 0) throw cannotServe('There are no file contents to review.')
  const focus = readFocus(task)
  const reviewed = changedFirst(task, files)
  const all = reviewed.flatMap((file) => reviewFile(file, files))
  const findings = all
    .filter((finding) => focus.length === 0 || isSerious(finding) || matchesFocus(finding.category, focus))
    .sort((a, b) => compare(a, b, focus))
    .slice(0, MAX_FINDINGS)
  return {
    summary: summarise(reviewed, all, findings, focus, others),
    findings,
    recommendations: recommend(task, findings),
  }
}

function readFocus(task: AgentTask): string[] {
  const focus = task.options['reviewFocus']
  return Array.isArray(focus) ? focus.map((entry) => String(entry).toLowerCase()) : []
}

/** When the run changed files, those are reviewed; else all that were given. */
function changedFirst(task: AgentTask, files: readonly ReviewedFile[]): readonly ReviewedFile[] {
  const changed = new Set([...(task.diff ?? '').matchAll(/^\+\+\+ b\/(.+)$/gm)].map((match) => match[1]))
  const ofDiff = files.filter((file) => changed.has(file.path))
  return ofDiff.length > 0 ? ofDiff : files
}

function reviewFile(file: ReviewedFile, files: readonly ReviewedFile[]): RuleFinding[] {
  return REVIEW_RULES.filter((rule) => !file.isTest || rule.includesTests === true).flatMap((rule) =>
    [...rule.find(file, { files })].map(({ line, message }) => toFinding(rule, file.path, line, message)),
  )
}

function toFinding(rule: ReviewRule, path: string, line: number, message: string): RuleFinding {
  const { severity, category, suggestion, id } = rule
  return { severity, category, path, line, message, suggestion, rule: id }
}

/** What is critical or high is told whatever the focus is. */
function isSerious(finding: RuleFinding): boolean {
  return finding.severity === 'critical' || finding.severity === 'high'
}

function compare(a: RuleFinding, b: RuleFinding, focus: readonly string[]): number {
  const focused = Number(matchesFocus(b.category, focus)) - Number(matchesFocus(a.category, focus))
  const severity = SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity)
  return focused || severity || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line)
}

function summarise(
  reviewed: readonly ReviewedFile[],
  all: readonly RuleFinding[],
  shown: readonly RuleFinding[],
  focus: readonly string[],
  others: readonly string[],
): string {
  const counts = SEVERITIES.toReversed().flatMap((severity) => {
    const count = shown.filter((finding) => finding.severity === severity).length
    return count > 0 ? [`${count} ${severity}`] : []
  })
  const lines = reviewed.reduce((sum, file) => sum + file.text.trimEnd().split('\n').length, 0)
  return [
    `${REVIEW_RULES.length} rules looked at ${lines} lines in ${reviewed.length} ${reviewed.length === 1 ? 'file' : 'files'}: ${counts.length > 0 ? counts.join(', ') : 'no findings'}.`,
    ...(shown.length < all.length
      ? [
          `${all.length - shown.length} findings outside of the focus (${focus.join(', ')}) or over the limit are left out.`,
        ]
      : []),
    ...(others.length > 0
      ? [`Not reviewed, as the rules know JavaScript and TypeScript only: ${others.slice(0, 5).join(', ')}.`]
      : []),
    'Rules see patterns, not intent: whether the code does what was asked is for the tests and for people.',
  ].join(' ')
}

function recommend(task: AgentTask, findings: readonly RuleFinding[]): string[] {
  const worst = findings.filter(isSerious)
  const coverage = task.tests?.coverage
  return [
    ...(worst.length > 0 ? [`Repair the ${worst.length} findings of high severity before this is merged.`] : []),
    ...(task.tests?.execution === null ? ['Execute the tests: they were written, but not run.'] : []),
    ...(coverage?.met === false ? [`Raise the line coverage of ${coverage.lines} % to its goal.`] : []),
  ]
}
