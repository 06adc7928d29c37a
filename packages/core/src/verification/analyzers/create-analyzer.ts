import { type AnalyzerOutcome, CodexError } from '@codex/protocol'
import type { TreeExport } from '../../workspace/workspace.ts'
import type { AnalysisReport, AnalysisRequest, Analyzer } from '../analysis.ts'
import type { AnalyzerTool, RawFinding } from './analyzer-tool.ts'
import { type ChangedLines, readChangedLines, touches } from './changed-lines.ts'
import { mergeFindings } from './merge-findings.ts'
import { runTool } from './run-tool.ts'
import { silenceSuppressions } from './silence-suppressions.ts'
import { isAnalyzed, MAX_SOURCE_BYTES } from './source-files.ts'
import { prepareToolFolder, type ToolFolder } from './tool-folder.ts'
import { ANALYZER_TOOLS, SPECIFIC_FIRST } from './tools.ts'

/** As many as the smallest machine has cores. */
const AT_THE_SAME_TIME = 2

export interface AnalyzerOptions {
  /** Folder that the sandbox's user can pass through; the tools are copied there once, about 170 MB. */
  readonly stagingDirectory: string
  /** File path or `file:` URL that the tools package is resolved from; default is the module that runs. */
  readonly resolveFrom?: string
}

interface Attempt {
  readonly outcome: AnalyzerOutcome
  readonly found: readonly RawFinding[]
}

/**
 * Makes the objective half of the review. Without its tools every analyzer is reported as not run; nothing is ever
 * reported as clean that nobody looked at.
 */
export function createAnalyzer(options: AnalyzerOptions): Analyzer {
  let folder: Promise<ToolFolder> | undefined
  const prepare = (): Promise<ToolFolder> => {
    folder ??= prepareToolFolder(options).catch((error: unknown) => {
      folder = undefined // the disk may have been full; the next review asks again
      throw error
    })
    return folder
  }

  return {
    async analyze(request) {
      throwIfCancelled(request)
      const tools = ANALYZER_TOOLS.filter(({ mode }) => mode === 'fast' || request.mode === 'deep')
      let copy: TreeExport | undefined
      try {
        const toolFolder = await prepare()
        copy = await exportSources(request)
        return await analyzeCopy(request, tools, toolFolder, copy)
      } catch (error) {
        throwIfCancelled(request)
        if (error instanceof CodexError && error.code === 'CANCELLED') throw error
        const message = `The analyzers could not start: ${reasonOf(error)}`
        return { findings: [], analyzers: tools.map((tool) => unfinished(tool, 'not_run', message)) }
      } finally {
        await copy?.remove()
      }
    },
  }
}

function exportSources({ workspace, tree }: AnalysisRequest): Promise<TreeExport> {
  return workspace.exportTree(tree, {
    include: isAnalyzed,
    maxFileBytes: MAX_SOURCE_BYTES,
    prepare: silenceSuppressions,
  })
}

async function analyzeCopy(
  request: AnalysisRequest,
  tools: readonly AnalyzerTool[],
  folder: ToolFolder,
  copy: TreeExport,
): Promise<AnalysisReport> {
  const { workspace, tree, baseTree, scope } = request
  const changed = scope === 'all' ? null : readChangedLines(await workspace.diff(baseTree, tree))
  const shown = copy.files.filter((path) => changed === null || (changed.get(path)?.size ?? 0) > 0)
  const attempts = await inTurns(tools, AT_THE_SAME_TIME, async (tool) => {
    throwIfCancelled(request)
    if (!shown.some((path) => tool.looksAt(path))) {
      return { outcome: unfinished(tool, 'skipped', 'There is no file of its kind to look at.'), found: [] }
    }
    const attempt = await attemptTool(request, tool, folder, copy, changed === null ? null : shown)
    throwIfCancelled(request)
    return attempt
  })
  const files = new Set(copy.files)
  const found = attempts.flatMap(({ outcome, found }) =>
    found
      .filter((finding) => isShown(finding, files, changed))
      .map((finding) => ({ ...finding, source: outcome.name })),
  )
  const { findings, leftOut } = mergeFindings(found, SPECIFIC_FIRST)
  const analyzers = attempts.map(({ outcome }): AnalyzerOutcome => {
    const left = leftOut.get(outcome.name) ?? 0
    return {
      ...outcome,
      findings: findings.filter((one) => one.source === outcome.name || one.alsoFoundBy?.includes(outcome.name)).length,
      ...(left === 0 ? {} : { message: `${left} more findings are left out; the worst are shown.` }),
    }
  })
  return { findings, analyzers }
}

async function attemptTool(
  { workspace, runCommand }: AnalysisRequest,
  tool: AnalyzerTool,
  folder: ToolFolder,
  copy: TreeExport,
  wanted: readonly string[] | null,
): Promise<Attempt> {
  const missing = tool.packages.filter((name) => !folder.has(name))
  if (missing.length > 0) {
    return { outcome: unfinished(tool, 'not_run', `Not installed on this machine: ${missing.join(', ')}.`), found: [] }
  }
  const started = performance.now()
  const place = { tools: folder.path, worktree: workspace.worktree, wanted }
  // no driver but bubblewrap can mount elsewhere, so both are shown at their own paths
  const readOnly = [place.tools, place.worktree].map((path) => ({ source: path, target: path }))
  try {
    const found = await runTool(tool, place, (command) => runCommand(command, { worktree: copy.path, readOnly }))
    const durationMs = performance.now() - started
    return { outcome: { name: tool.name, status: 'completed', findings: 0, durationMs, message: '' }, found }
  } catch (error) {
    const outcome = unfinished(tool, 'not_run', reasonOf(error))
    return { outcome: { ...outcome, durationMs: performance.now() - started }, found: [] }
  }
}

/** A tool may name anything; only lines of the tree that was shown, and only changed ones where that was asked for. */
function isShown(
  { path, line, endLine }: RawFinding,
  files: ReadonlySet<string>,
  changed: ChangedLines | null,
): boolean {
  return files.has(path) && (changed === null || touches(changed, path, line, endLine ?? line))
}

function unfinished({ name }: AnalyzerTool, status: 'skipped' | 'not_run', message: string): AnalyzerOutcome {
  return { name, status, findings: 0, durationMs: 0, message }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function throwIfCancelled({ signal }: AnalysisRequest): void {
  if (signal.aborted) throw new CodexError('CANCELLED', 'The analysis was cancelled.')
}

/** Works on every item, a few at the same time; answers are in the order of the items. */
async function inTurns<Item, Answer>(
  items: readonly Item[],
  atTheSameTime: number,
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const waiting = [...items.entries()]
  const takeTurns = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) answers[next[0]] = await work(next[1])
  }
  const turns = await Promise.allSettled(Array.from({ length: atTheSameTime }, takeTurns))
  for (const turn of turns) if (turn.status === 'rejected') throw turn.reason
  return answers
}
