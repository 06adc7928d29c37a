import { CodexError } from '@codex/protocol'

/** What a request gets back whose field at `path` cannot be used; the message names limit and remedy. */
export function invalidField(path: string, message: string): CodexError {
  return new CodexError('INVALID_REQUEST', message, { issues: [{ path, message }] })
}
