import { toCodexError } from '@codex/api'
import { CodexError, type ErrorCode } from '@codex/protocol'

/** Errors that Fastify raises before a handler runs. */
const CODE_OF_FASTIFY_ERROR: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
}

/**
 * Says in terms of the error table what went wrong with a request.
 * @param maxBodyBytes the limit that a PAYLOAD_TOO_LARGE names
 */
export function toHttpError(error: unknown, maxBodyBytes: number): CodexError {
  if (!(error instanceof Error) || CodexError.isInstance(error)) return toCodexError(error)
  const { code, statusCode } = libraryError(error)
  switch (CODE_OF_FASTIFY_ERROR[code]) {
    case 'PAYLOAD_TOO_LARGE':
      return new CodexError('PAYLOAD_TOO_LARGE', `the body is larger than ${maxBodyBytes} bytes`, { cause: error })
    case 'UNSUPPORTED_MEDIA_TYPE':
      return new CodexError('UNSUPPORTED_MEDIA_TYPE', 'send the body as JSON with "Content-Type: application/json"', {
        cause: error,
      })
    case 'NOT_FOUND':
      return new CodexError('NOT_FOUND', error.message, { cause: error })
    default:
  }
  if (error instanceof SyntaxError || code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    return new CodexError('INVALID_REQUEST', `the body is not valid JSON: ${error.message}`, { cause: error })
  }
  if (statusCode >= 400 && statusCode < 500) {
    return new CodexError('INVALID_REQUEST', error.message, { cause: error })
  }
  return toCodexError(error)
}

function libraryError(error: Error): { readonly code: string; readonly statusCode: number } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  return { code, statusCode }
}
