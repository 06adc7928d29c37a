import type { CodexError } from '@codex/protocol'
import { call } from './call.ts'
import type { CallOptions } from './call-options.ts'
import type { Settings } from './codex-options.ts'
import { fromForeignAnswer, fromServiceError, isRecord, parseRetryAfter } from './to-codex-error.ts'

/** Bytes of a file, in any form that `fetch` takes at once. */
export type RunFile = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>

/** A run as a file: bytes and no JSON, so it takes the REST route. */
export async function downloadRun(settings: Settings, requestId: string, options: CallOptions = {}): Promise<Blob> {
  const place = `${settings.url}/api/orchestrate/${encodeURIComponent(requestId)}/export`
  return await call(settings, { signal: options.signal, isRepeatable: true }, async (signal) => {
    const response = await settings.fetch(place, { signal, headers: headersOf(settings) })
    if (response.ok) return await response.blob()
    throw await readProblem(response, settings.url)
  })
}

/** @returns the id of the run that is there now */
export async function uploadRun(
  settings: Settings,
  file: RunFile,
  { trustKey, signal: outer }: CallOptions & { readonly trustKey?: string | undefined } = {},
): Promise<string> {
  const query = trustKey === undefined ? '' : `?trust_key=${encodeURIComponent(trustKey)}`
  // not repeated: a second call would say that the run is there
  return await call(settings, { signal: outer, isRepeatable: false }, async (signal) => {
    const response = await settings.fetch(`${settings.url}/api/runs/import${query}`, {
      method: 'POST',
      body: file,
      signal,
      headers: { ...headersOf(settings), 'content-type': 'application/gzip' },
    })
    if (!response.ok) throw await readProblem(response, settings.url)
    const answer: unknown = await response.json()
    if (isRecord(answer) && typeof answer['request_id'] === 'string') return answer['request_id']
    throw fromForeignAnswer(response.status, settings.url, undefined)
  })
}

function headersOf({ apiKey }: Settings): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
}

async function readProblem(response: Response, url: string): Promise<CodexError> {
  const retryAfterS = parseRetryAfter(response.headers.get('retry-after'))
  const problem: unknown = await response.json().catch(() => undefined) // not JSON: the status alone has to do
  if (!isRecord(problem) || problem['code'] === undefined) {
    return fromForeignAnswer(response.status, url, undefined, retryAfterS)
  }
  const { detail, title, request_id: requestId } = problem
  return fromServiceError(String(detail ?? title), { ...problem, requestId }, { retryAfterS })
}
