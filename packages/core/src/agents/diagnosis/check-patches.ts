import type { DiagnosisContent } from '@codex/protocol'
import { applyPatch, createTwoFilesPatch, FILE_HEADERS_ONLY, parsePatch, type StructuredPatch } from 'diff'
import { findPathProblem, normalizePath } from '../../task/given-files.ts'
import type { TreeReader } from '../evidence/tree-reader.ts'
import { mendDiff } from './mend-diff.ts'

type Suggestion = DiagnosisContent['patchSuggestions'][number]

/**
 * Keeps the suggestions that apply to the tree as it is, written anew with right line numbers so that
 * `git apply` takes them; the others are dropped with a warning.
 */
export async function checkPatches(
  suggestions: readonly Suggestion[],
  tree: TreeReader,
): Promise<{ readonly suggestions: Suggestion[]; readonly warnings: readonly string[] }> {
  const kept: Suggestion[] = []
  const warnings: string[] = []
  for (const suggestion of suggestions) {
    const checked = await rewritePatch(suggestion, tree)
    if ('diff' in checked) kept.push({ ...suggestion, ...checked })
    else warnings.push(`A suggested patch of "${suggestion.path}" was dropped: ${checked.problem}`)
  }
  return { suggestions: kept, warnings }
}

type Checked = { readonly path: string; readonly diff: string } | { readonly problem: string }

async function rewritePatch(suggestion: Suggestion, tree: TreeReader): Promise<Checked> {
  const parsed = parse(suggestion.diff)
  if (typeof parsed === 'string') return { problem: parsed }
  const [patch, ...more] = parsed.filter((candidate) => candidate.hunks.length > 0)
  if (patch === undefined) return { problem: 'it has no hunks' }
  if (more.length > 0) return { problem: 'it changes more than one file' }

  const path = normalizePath(suggestion.path).replace(/^[ab]\//, '')
  const named = [patch.oldFileName, patch.newFileName].map(fileName).filter((name) => name !== null)
  if (named.length > 0 && !named.includes(path)) return { problem: `it is about ${named.join(' and ')}` }
  const pathProblem = findPathProblem(path)
  if (pathProblem !== null) return { problem: `its path ${pathProblem}` }

  const before = await tree.read(path)
  const onlyAdds = patch.hunks.every((hunk) =>
    hunk.lines.every((line) => line.startsWith('+') || line.startsWith('\\')),
  )
  if (before === null && !onlyAdds) return { problem: 'there is no such file' }
  if (before !== null && patch.oldFileName === '/dev/null') return { problem: 'the file exists already' }
  if (before && onlyAdds) return { problem: 'it has no lines of the file around it to be placed by' }
  const after = applyPatch(before ?? '', patch)
  if (after === false) return { problem: 'it does not apply to the file as it is' }
  if (after === before) return { problem: 'it changes nothing' }
  const deletes = after === '' && patch.newFileName === '/dev/null'
  const names = [before === null ? '/dev/null' : `a/${path}`, deletes ? '/dev/null' : `b/${path}`] as const
  const diff = createTwoFilesPatch(...names, before ?? '', after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
  return { path, diff }
}

/** @returns the patches, or why the text is none */
function parse(diff: string): StructuredPatch[] | string {
  try {
    return parsePatch(mendDiff(diff))
  } catch (error) {
    return `it is not a unified diff (${error instanceof Error ? error.message : String(error)})`
  }
}

function fileName(header: string | undefined): string | null {
  if (header === undefined || header === '/dev/null') return null
  return normalizePath(header).replace(/^[ab]\//, '')
}
