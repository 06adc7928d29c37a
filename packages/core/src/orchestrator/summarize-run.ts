import type { Artifacts, RunError } from '@codex/protocol'

/** Enough for what anybody would look for, and small beside the limit of Postgres for the words of one row (1 MB). */
const MAX_CHARACTERS = 16_000
/** So many characters of one text are words to be found; the rest is detail. */
const MAX_TEXT_CHARACTERS = 1_000

/**
 * What a run made, in words, for the search over history: titles and requirements, summaries, findings, causes, the
 * paths of what it changed, and the error that it ended with. What comes first is kept when there is too much.
 * @returns at most 16,000 characters
 */
export function summarizeRun(artifacts: Artifacts, error: Pick<RunError, 'code' | 'message'> | null): string {
  const { spec, changes, tests, review, diagnosis } = artifacts
  const texts = [
    ...(error === null ? [] : [error.code, error.message]),
    spec?.title,
    changes?.summary,
    review?.summary,
    diagnosis?.summary,
    ...(spec?.requirements ?? []).map(({ id, text }) => `${id} ${text}`),
    ...(review?.findings ?? []).map(({ path, message }) => `${path} ${message}`),
    ...(diagnosis?.rootCauses ?? []).map(({ hypothesis }) => hypothesis),
    ...(changes?.edits ?? []).map(({ path }) => path),
    ...(tests?.cases ?? []).map(({ name }) => name),
  ]
  let summary = ''
  for (const text of texts) {
    if (text === undefined || text === '') continue
    summary += `${summary === '' ? '' : '\n'}${text.slice(0, MAX_TEXT_CHARACTERS)}`
    if (summary.length > MAX_CHARACTERS) break
  }
  return summary.slice(0, MAX_CHARACTERS).toWellFormed()
}
