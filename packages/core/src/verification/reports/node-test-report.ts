import type { TestCaseResult } from '@codex/protocol'
import { z } from 'zod'
import type { FileCoverage } from '../coverage-data/file-coverage.ts'
import { worktreePath } from '../project/worktree-path.ts'
import type { TestReport } from '../runners/test-runner.ts'
import { CaseIds, shortenFailure } from './test-cases.ts'

const place = {
  name: z.string(),
  nesting: z.number().int(),
  file: z.string().optional(),
  entryFile: z.string().optional(),
}
const finished = {
  ...place,
  skip: z.union([z.string(), z.boolean()]).optional(),
  todo: z.union([z.string(), z.boolean()]).optional(),
  kind: z.string().optional(),
  durationMs: z.number().optional(),
  failure: z.string().optional(),
  failureType: z.string().optional(),
}
const counted = z.object({ line: z.number().int(), count: z.number() })
const reporterEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('test:enqueue'), ...place }),
  z.object({ type: z.literal('test:start'), ...place }),
  z.object({ type: z.literal('test:pass'), ...finished }),
  z.object({ type: z.literal('test:fail'), ...finished }),
  z.object({
    type: z.literal('test:summary'),
    file: z.string().optional(),
    counts: z.object({ passed: z.number(), failed: z.number(), cancelled: z.number() }),
  }),
  z.object({
    type: z.literal('test:coverage'),
    summary: z.object({
      files: z.array(
        z.object({
          path: z.string(),
          totalBranchCount: z.number(),
          coveredBranchCount: z.number(),
          totalFunctionCount: z.number(),
          coveredFunctionCount: z.number(),
          lines: z.array(counted),
        }),
      ),
    }),
  }),
])
type ReporterEvent = z.infer<typeof reporterEvent>

interface FileProgress {
  /** Names of the open suites and tests by depth. */
  readonly names: string[]
  announced: number
  ended: number
  /** Node tells the summary of a file once its process has run all its tests. */
  summarized: boolean
  failed: boolean
}

/**
 * Reads the lines of our reporter for `node --test`. A file that ended its process (`process.exit(0)`) is a pass for
 * Node; it is found out by the summary that it did not send.
 * @param testFiles files that were named to Node, relative to the worktree
 * @throws Error when a line is not one of ours, or the summary at the end is missing
 */
export function parseNodeTestReport(text: string, worktree: string, testFiles: readonly string[]): TestReport {
  const progress = new Map(testFiles.map((file) => [file, newProgress()]))
  const ids = new CaseIds()
  const cases: TestCaseResult[] = []
  let stated: { passed: number; failed: number } | null = null
  let hollowFiles = 0
  let failedSuites = 0
  let coverage: FileCoverage[] | null = null
  for (const event of parseEvents(text)) {
    if (event.type === 'test:coverage') {
      coverage = event.summary.files.map((file) => toFileCoverage(file, worktree))
      continue
    }
    if (event.type === 'test:summary') {
      if (event.file === undefined) stated = toStated(event.counts)
      else progressOf(progress, worktreePath(event.file, worktree)).summarized = true
      continue
    }
    const file = worktreePath(event.entryFile ?? event.file ?? '', worktree)
    const state = progressOf(progress, file)
    const isFileItself = event.nesting === 0 && worktreePath(event.name, worktree) === file
    if (event.type === 'test:enqueue') {
      if (!isFileItself) state.announced += 1
      continue
    }
    if (event.type === 'test:start') {
      state.names.splice(event.nesting, Number.POSITIVE_INFINITY, event.name)
      continue
    }
    if (!isFileItself) state.ended += 1
    const failed = event.type === 'test:fail' && event.todo === undefined
    if (failed) state.failed = true
    if (isFileItself && !failed) {
      hollowFiles += 1
      continue
    }
    if (event.kind === 'suite') {
      if (!failed || event.failureType === 'subtestsFailed') continue
      failedSuites += 1
    }
    const names = isFileItself ? [] : [...state.names.slice(0, event.nesting), event.name]
    const skipped = event.todo !== undefined || event.skip !== undefined
    cases.push({
      id: ids.next([file, ...names]),
      name: names.join(' > ') || file,
      file: file === '' ? null : file,
      status: failed ? 'failed' : skipped ? 'skipped' : 'passed',
      durationMs: Math.max(0, event.durationMs ?? 0),
      failure: failed ? shortenFailure(event.failure ?? '') : null,
    })
  }
  if (stated === null) throw new Error('The report has no summary at its end.')
  return {
    cases,
    // Node counts a file without tests as a passed test, and no suite as a failed one.
    stated: { passed: stated.passed - hollowFiles, failed: stated.failed + failedSuites },
    unfinished: [...progress].flatMap(([file, state]) => describeUnfinished(file, state)),
    coverage,
  }
}

function* parseEvents(text: string): Generator<ReporterEvent> {
  for (const line of text.split('\n')) {
    if (line !== '') yield reporterEvent.parse(JSON.parse(line))
  }
}

function newProgress(): FileProgress {
  return { names: [], announced: 0, ended: 0, summarized: false, failed: false }
}

function progressOf(progress: Map<string, FileProgress>, file: string): FileProgress {
  const known = progress.get(file)
  if (known !== undefined) return known
  // A test defined in another file than the one that was named; older versions of Node don't tell the latter.
  const created = { ...newProgress(), summarized: true }
  progress.set(file, created)
  return created
}

function describeUnfinished(file: string, state: FileProgress): string[] {
  if (state.summarized || (state.failed && state.announced === state.ended)) return []
  if (state.announced === 0) return [`${file} ended without reporting any test`]
  return [`${file} ended with ${state.announced - state.ended} of ${state.announced} announced tests not finished`]
}

function toStated(counts: { passed: number; failed: number; cancelled: number }) {
  return { passed: counts.passed, failed: counts.failed + counts.cancelled }
}

function toFileCoverage(
  file: Extract<ReporterEvent, { type: 'test:coverage' }>['summary']['files'][number],
  worktree: string,
): FileCoverage {
  return {
    path: worktreePath(file.path, worktree),
    lines: new Map(file.lines.map(({ line, count }) => [line, count])),
    branches: { total: file.totalBranchCount, covered: file.coveredBranchCount },
    functions: { total: file.totalFunctionCount, covered: file.coveredFunctionCount },
    statements: null,
  }
}
