import type { FileEdit } from '../../../workspace/workspace.ts'
import { looksLikeTest } from '../../project/read-project.ts'
import type { TreeView } from '../tree-view.ts'
import { type CaseMatches, matchCases, type PlacedCase } from './match-cases.ts'

/** Two trees whose tests are held against each other. */
export interface TreeComparison {
  readonly before: TreeView
  readonly after: TreeView
  /** What differs between the two trees. */
  readonly edits: readonly FileEdit[]
  /** Whether the runner executes a file of the head tree. */
  readonly isExecuted: (path: string) => boolean
}

/** A changed file; null where it was not there, or is there no more. */
export interface FilePair {
  readonly before: string | null
  readonly after: string | null
}

/** The changed test files of a comparison and what became of their cases. */
export interface TestMatches {
  /** Every changed file that looks like a test by its name. */
  readonly candidates: readonly FilePair[]
  /** Those that hold tests; a side that holds none, or is not executed, is null. */
  readonly pairs: readonly FilePair[]
  readonly before: readonly PlacedCase[]
  readonly after: readonly PlacedCase[]
  /** Former path to new path. */
  readonly renamed: ReadonlyMap<string, string>
  readonly matches: CaseMatches
}

/** More new test files than this are not read; those that were there before always are. */
const MAX_NEW_FILES = 1_000

/** Finds out what became of the tests between two trees. */
export async function matchTests({ before, after, edits, isExecuted }: TreeComparison): Promise<TestMatches> {
  const candidates = candidatesOf(edits)
  const pairs: FilePair[] = []
  for (const pair of candidates) {
    const old = pair.before !== null && (await isTestFile(before, pair.before)) ? pair.before : null
    const isRun = pair.after !== null && isExecuted(pair.after)
    const now = pair.after !== null && isRun && (await isTestFile(after, pair.after)) ? pair.after : null
    if (old !== null || now !== null) pairs.push({ before: old, after: now })
  }
  const oldPaths = pairs.flatMap((pair) => pair.before ?? [])
  const nowPaths = pairs.flatMap((pair) => pair.after ?? [])
  const [old, now] = [await casesOf(before, oldPaths), await casesOf(after, nowPaths)]
  const renamed = new Map(pairs.flatMap((pair) => (pair.before && pair.after ? [[pair.before, pair.after]] : [])))
  return { candidates, pairs, before: old, after: now, renamed, matches: matchCases(old, now, renamed) }
}

function candidatesOf(edits: readonly FileEdit[]): FilePair[] {
  const isCandidate = (path: string | null): boolean => path !== null && (looksLikeTest(path) || path.endsWith('.rs'))
  const pairs = edits
    .map((edit) => ({
      before: edit.operation === 'create' ? null : (edit.from ?? edit.path),
      after: edit.operation === 'delete' ? null : edit.path,
    }))
    .filter((pair) => isCandidate(pair.before) || isCandidate(pair.after))
  const existing = pairs.filter((pair) => pair.before !== null)
  return [...existing, ...pairs.filter((pair) => pair.before === null).slice(0, MAX_NEW_FILES)]
}

/** Whether a file holds tests: by its name and its content, or for Rust by its content alone. */
async function isTestFile(view: TreeView, path: string): Promise<boolean> {
  if (!looksLikeTest(path) && !path.endsWith('.rs')) return false
  return ((await view.shape(path))?.cases.length ?? 0) > 0
}

async function casesOf(view: TreeView, paths: readonly string[]): Promise<PlacedCase[]> {
  const cases: PlacedCase[] = []
  for (const path of paths) {
    for (const shape of await view.cases(path)) cases.push({ path, shape })
  }
  return cases
}
