import { CodexError, type RunError } from '@codex/protocol'

/**
 * The form in which a run keeps why it failed. Anything that is not a CodexError becomes INTERNAL without its message,
 * which could hold secrets.
 */
export function toRunError(error: unknown, place: { step: string | null; agent: string | null }): RunError {
  if (CodexError.isInstance(error))
    return { code: error.code, message: error.message, retryable: error.retryable, ...place }
  return { code: 'INTERNAL', message: 'unexpected error; the server log has the details', retryable: true, ...place }
}
