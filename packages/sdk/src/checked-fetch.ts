import type { Settings } from './codex-options.ts'
import { fromForeignAnswer, fromServiceError, isRecord, parseRetryAfter } from './to-codex-error.ts'

/**
 * A `fetch` that lets only answers through that tRPC can read: JSON and event streams.
 * @throws CodexError what a problem document says, or by status for anything else (a proxy's HTML, say)
 */
export function createCheckedFetch(settings: Pick<Settings, 'fetch' | 'url'>): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await settings.fetch(input, init)
    const contentType = response.headers.get('content-type') ?? ''
    if (/^application\/json\b|^text\/event-stream\b/i.test(contentType)) return response
    const retryAfterS = parseRetryAfter(response.headers.get('retry-after'))
    const problem = /^application\/problem\+json\b/i.test(contentType) ? await readJson(response) : undefined
    if (problem === undefined) {
      await response.body?.cancel()
      throw fromForeignAnswer(response.status, settings.url, undefined, retryAfterS)
    }
    const { detail, title, request_id: requestId } = problem
    throw fromServiceError(String(detail ?? title ?? response.statusText), { ...problem, requestId }, { retryAfterS })
  }
}

async function readJson(response: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = await response.json()
    return isRecord(value) ? value : undefined
  } catch {
    // cut off or not JSON after all: the status alone has to do
    return undefined
  }
}
