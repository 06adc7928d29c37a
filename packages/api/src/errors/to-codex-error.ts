import { CodexError, type ErrorCode, invalidRequest } from '@codex/protocol'
import { TRPCError } from '@trpc/server'
import { z } from 'zod'

/** Errors that the tRPC library raises by itself, before or around a procedure; their messages hold no secrets. */
const CODE_OF_LIBRARY_ERROR: Partial<Record<TRPCError['code'], ErrorCode>> = {
  PARSE_ERROR: 'INVALID_REQUEST',
  BAD_REQUEST: 'INVALID_REQUEST',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  CLIENT_CLOSED_REQUEST: 'CANCELLED',
}

/**
 * Says in terms of the error table what went wrong in a procedure call.
 * @returns the CodexError that was thrown, INVALID_REQUEST for input that failed its schema, and INTERNAL without
 *   the original message for everything unknown (the original stays as `cause`, for the log)
 */
export function toCodexError(error: unknown): CodexError {
  if (CodexError.isInstance(error)) return error
  if (error instanceof TRPCError) {
    if (CodexError.isInstance(error.cause)) return error.cause
    if (error.code === 'BAD_REQUEST' && error.cause instanceof z.core.$ZodError) return invalidRequest(error.cause)
    const code = CODE_OF_LIBRARY_ERROR[error.code]
    if (code === 'INVALID_REQUEST' && error.cause instanceof SyntaxError) {
      return new CodexError(code, 'the body is not valid JSON', { cause: error })
    }
    if (code !== undefined) return new CodexError(code, error.message, { cause: error })
  }
  return new CodexError('INTERNAL', 'unexpected error; see the server log for this request_id', { cause: error })
}
