import { type CodexError, ERROR_TABLE, type ErrorCode } from '@codex/protocol'
import { type TRPC_ERROR_CODE_NUMBER, TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'

/** What every tRPC error carries; the same facts as the problem documents of REST. */
export interface ErrorData {
  code: ErrorCode
  /** HTTP status of the code. */
  status: number
  /** The same as `status`, under the name that tRPC's own links look at. */
  httpStatus: number
  /** Whether repeating the same request can succeed without changing it. */
  retryable: boolean
  /** Problems with places of the input, paths in the SDK's spelling. */
  errors: { path: string; message: string }[]
  requestId: string | null
  /** Seconds after which a retry makes sense. */
  retryAfterS: number | null
  /** Details for programs, or null. */
  data: Record<string, unknown> | null
}

export interface ErrorShape {
  message: string
  /** JSON-RPC error number, as tRPC defines it. */
  code: TRPC_ERROR_CODE_NUMBER
  data: ErrorData
}

/** Renders an error for tRPC. */
export function errorShape(error: CodexError, requestId: string | undefined): ErrorShape {
  return {
    message: error.message,
    code: TRPC_ERROR_CODES_BY_KEY[ERROR_TABLE[error.code].trpc],
    data: {
      code: error.code,
      status: error.status,
      httpStatus: error.status,
      retryable: error.retryable,
      errors: (error.issues ?? []).map((issue) => ({ path: issue.path, message: issue.message })),
      requestId: requestId ?? error.requestId ?? null,
      retryAfterS: error.retryAfterS ?? null,
      data: error.data ?? null,
    },
  }
}
