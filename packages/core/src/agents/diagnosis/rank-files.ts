import { basename } from 'node:path/posix'
import type { AgentTask } from '../../task/agent-task.ts'
import type { FileEdit } from '../../workspace/workspace.ts'
import { isSourceCode } from '../changes/language.ts'
import { readTextList } from '../evidence/read-options.ts'
import { byRelevance } from '../evidence/select-diff.ts'
import { matchesTarget } from '../tools/write-policy.ts'

/**
 * Paths inside of logs, as stack traces and compilers print them. It starts at the beginning of a word only, so that
 * hostile logs cannot make it slow.
 */
const PATH_IN_TEXT = /(?<![\w@.+/\\-])[/\\]{0,3}[\w@.+-]+(?:[/\\][\w@.+-]+)*\.[A-Za-z]\w{0,9}/g
/** Ends of what is searched for paths. */
const MAX_TEXT_CHARACTERS = 500_000

/**
 * Puts the files of a worktree in the order in which they matter for a failure: named by the request, named in logs
 * and failures (most often first), failed tests, just changed, other code.
 */
export function rankFiles(task: AgentTask, files: readonly string[], edits: readonly FileEdit[]): readonly string[] {
  const named = [...readTextList(task.options['codebaseFiles']), ...readTextList(task.options['targetFiles'])]
  const failed = [
    ...(task.failure?.failedTests ?? []).map((test) => test.file),
    ...(task.tests?.execution?.cases ?? []).filter((test) => test.status === 'failed').map((test) => test.file),
  ]
  const mentioned = countMentions(describeFailure(task), files)
  const ranked = [
    ...files.filter((path) => matchesTarget(path, named)),
    ...files
      .filter((path) => mentioned.has(path))
      .toSorted((a, b) => (mentioned.get(b) ?? 0) - (mentioned.get(a) ?? 0)),
    ...files.filter((path) => failed.includes(path)),
    ...byRelevance(edits.filter((edit) => edit.operation !== 'delete')).map((edit) => edit.path),
    ...files.filter(isSourceCode),
    ...files,
  ]
  return [...new Set(ranked)]
}

function describeFailure(task: AgentTask): string {
  const { failure, tests, options, prompt } = task
  return [
    prompt,
    ...readTextList(options['logs']),
    ...readTextList(options['debugFocus']),
    failure?.outputTail ?? '',
    ...(failure?.reasons ?? []),
    ...(failure?.failedTests ?? []).map((test) => test.failure ?? ''),
    ...(tests?.execution?.cases ?? []).map((testCase) => testCase.failure ?? ''),
  ].join('\n')
}

/** How often each file is named, in full or by the end of its path. */
function countMentions(text: string, files: readonly string[]): ReadonlyMap<string, number> {
  const mentions = new Map<string, number>()
  for (const [match] of text.slice(-MAX_TEXT_CHARACTERS).matchAll(PATH_IN_TEXT)) {
    const mention = match.replaceAll('\\', '/').replace(/^(?:\.{0,2}\/)+/, '')
    mentions.set(mention, (mentions.get(mention) ?? 0) + 1)
  }
  const byName = Map.groupBy(files, (path) => basename(path))
  const counts = new Map<string, number>()
  for (const [mention, count] of mentions) {
    for (const path of byName.get(basename(mention)) ?? []) {
      const isSame = path === mention || path.endsWith(`/${mention}`) || mention.endsWith(`/${path}`)
      if (isSame) counts.set(path, (counts.get(path) ?? 0) + count)
    }
  }
  return counts
}
