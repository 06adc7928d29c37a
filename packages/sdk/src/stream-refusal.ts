import type { CodexError } from '@codex/protocol'
import superjson from 'superjson'
import { fromForeignAnswer, fromServiceError, isRecord, parseRetryAfter } from './to-codex-error.ts'

/** Reads why the service refused to open an event stream out of its JSON answer. */
export async function readStreamRefusal(response: Response, url: string): Promise<CodexError> {
  const retryAfterS = parseRetryAfter(response.headers.get('retry-after'))
  try {
    const body: unknown = await response.json()
    const error: unknown =
      isRecord(body) && isRecord(body['error']) ? superjson.deserialize(asResult(body['error'])) : {}
    if (isRecord(error) && isRecord(error['data'])) {
      return fromServiceError(String(error['message']), error['data'], { retryAfterS })
    }
  } catch {
    // not JSON after all: the status alone has to do
  }
  return fromForeignAnswer(response.status, url, undefined, retryAfterS)
}

function asResult(error: Record<string, unknown>): Parameters<typeof superjson.deserialize>[0] {
  return error as unknown as Parameters<typeof superjson.deserialize>[0] // superjson checks the rest while it reads
}
