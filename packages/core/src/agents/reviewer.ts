import { CodexError } from '@codex/protocol'
import { renderTask } from '../task/agent-task.ts'
import { slimTask } from '../task/slim-task.ts'
import type { AnalysisReport, AnalyzerFinding } from '../verification/analysis.ts'
import type { AgentContext } from './agent.ts'
import { isSourceCode } from './changes/language.ts'
import { defineAgent } from './define-agent.ts'
import { readSeverity, readTextList } from './evidence/read-options.ts'
import { byRelevance, selectDiff } from './evidence/select-diff.ts'
import { selectFiles } from './evidence/select-files.ts'
import { createTreeLines } from './evidence/tree-lines.ts'
import { openTree } from './evidence/tree-reader.ts'
import { annotateDiff } from './review/annotate-diff.ts'
import { findChangedLines } from './review/changed-lines.ts'
import { checkFindings } from './review/check-findings.ts'
import { mergeFindings, numberFindings } from './review/merge-findings.ts'
import { reviewOutput } from './review/review-output.ts'
import { computeScore, decideVerdict } from './review/score.ts'
import prompt from './reviewer.md'
import { matchesTarget } from './tools/write-policy.ts'

const MAX_DIFF_CHARACTERS = 120_000
const MAX_FILE_CHARACTERS = 40_000
/** With a diff the files are there for its surroundings; without one they are what is reviewed. */
const MAX_CONTENT_CHARACTERS = { withDiff: 120_000, withoutDiff: 240_000 } as const

export const reviewerAgent = defineAgent({
  name: 'Reviewer',
  title: 'Review',
  description: 'Reads the change, or the code at hand, and reports faults with file and line.',
  aliases: ['review'],
  // not tests: TestGenerator and Reviewer need nothing of each other and run at the same time
  consumes: [
    { anyOf: ['changes', 'files', 'repository'], optional: false },
    { anyOf: ['spec'], optional: true },
  ],
  produces: ['review'],
  options: ['reviewFocus', 'targetFiles', 'existingFiles', 'severityThreshold', 'reviewScope'],
  writesFiles: false,
  version: 2,
  prompt,
  outputSchema: reviewOutput,
  async run(context) {
    const { task } = context
    const [{ edits, tree, diff, contents }, analysis] = await Promise.all([gatherMaterial(context), context.analyze()])
    const analyzed = numberFindings(analysis?.findings ?? [])
    const output = await context.callStructured(
      {
        system: prompt,
        messages: [
          {
            role: 'user',
            content: renderTask({
              ...slimTask(task),
              ...(analysis === null ? {} : { analysis: { findings: [...analyzed], notRun: listNotRun(analysis) } }),
              diff,
              fileContents: contents,
            }),
          },
        ],
      },
      reviewOutput,
    )
    const checked = await checkFindings(output.findings, createTreeLines(tree))
    const scope = analysis?.scope ?? task.options['reviewScope'] ?? (edits.length === 0 ? 'all' : 'changes')
    const isChanged = findChangedLines(edits)
    const [inScope, outside] = partition(
      checked.findings,
      ({ path, line, endLine }) => scope === 'all' || isChanged(path, line, endLine),
    )
    const { findings, dismissed, warnings } = mergeFindings(analyzed, inScope, output.dismissals)
    for (const warning of [...checked.warnings, ...warnings]) context.warn(warning)
    return {
      review: {
        schemaVersion: 1,
        summary: output.summary.trim(),
        score: computeScore(findings),
        verdict: decideVerdict(findings, readSeverity(task.options['severityThreshold']) ?? 'high'),
        findings,
        dismissed,
        analyzers: [...(analysis?.analyzers ?? [])],
        annotatedDiff: annotateDiff(edits, findings),
        recommendations: [...output.recommendations, ...outside.map(describeOutside)],
      },
    }
  },
})

function listNotRun({ analyzers }: AnalysisReport): { analyzer: string; why: string }[] {
  return analyzers
    .filter((outcome) => outcome.status === 'not_run')
    .map(({ name, message }) => ({ analyzer: name, why: message }))
}

/** What lies outside of the change is no finding about it; it is told all the same. */
function describeOutside({ severity, path, line, message }: AnalyzerFinding): string {
  return `Outside of the change, ${severity} at ${path}:${line}: ${message}`
}

function partition<T>(items: readonly T[], accepts: (item: T) => boolean): [readonly T[], readonly T[]] {
  return [items.filter(accepts), items.filter((item) => !accepts(item))]
}

async function gatherMaterial(context: AgentContext) {
  const { task, workspace } = context
  const edits = await workspace.diff(context.baseTree, context.inputTree)
  const tree = await openTree(workspace, context.inputTree)
  const { files } = tree
  if (edits.length === 0 && files.length === 0) {
    throw new CodexError('AGENT_FAILED', 'Reviewer has nothing to review: the repository holds no files')
  }
  const targets = readTextList(task.options['targetFiles'])
  const ranked = [
    ...files.filter((path) => matchesTarget(path, targets)),
    ...byRelevance(edits.filter((edit) => edit.operation !== 'delete')).map((edit) => edit.path),
    ...files.filter(isSourceCode),
    ...files,
  ]
  const { contents, leftOut } = await selectFiles(tree, {
    paths: ranked,
    maxCharacters: edits.length > 0 ? MAX_CONTENT_CHARACTERS.withDiff : MAX_CONTENT_CHARACTERS.withoutDiff,
    maxFileCharacters: MAX_FILE_CHARACTERS,
  })
  if (leftOut > 0 && edits.length === 0)
    context.warn(`${leftOut} files were not reviewed, they did not fit; name targetFiles to choose`)
  return { edits, tree, diff: selectDiff(edits, MAX_DIFF_CHARACTERS), contents }
}
