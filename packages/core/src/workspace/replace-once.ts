import { CodexError } from '@codex/protocol'

/** @throws CodexError WORKSPACE_ERROR when the text to replace does not occur exactly once */
export function replaceOnce(path: string, content: string, search: string, replacement: string): string {
  const first = search === '' ? -1 : content.indexOf(search)
  const isUnique = first >= 0 && content.indexOf(search, first + 1) < 0
  if (!isUnique) {
    const problem = first < 0 ? 'does not occur in it' : 'occurs more than once; give more of the lines around it'
    const message = `The file ${JSON.stringify(path)} is not edited: the search text ${problem}.`
    throw new CodexError('WORKSPACE_ERROR', message, { retryable: false })
  }
  return content.slice(0, first) + replacement + content.slice(first + search.length)
}
