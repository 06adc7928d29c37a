/**
 * The only place where an error code gets its HTTP status, its tRPC code name and its retry advice.
 * REST, tRPC, SDK and docs derive from this table.
 */
interface ErrorRow {
  /** HTTP status; for codes that only occur inside a run, the status used if one ever reaches the wire. */
  readonly status: number
  readonly trpc: TrpcErrorName
  /** Whether repeating the same request can succeed without changing it. */
  readonly retryable: boolean
  readonly title: string
}

/** tRPC error names that the table uses. */
export type TrpcErrorName =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_SUPPORTED'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNPROCESSABLE_CONTENT'
  | 'TOO_MANY_REQUESTS'
  | 'INTERNAL_SERVER_ERROR'
  | 'BAD_GATEWAY'
  | 'SERVICE_UNAVAILABLE'
  | 'GATEWAY_TIMEOUT'
  | 'CLIENT_CLOSED_REQUEST'

export const ERROR_TABLE = {
  INVALID_REQUEST: { status: 400, trpc: 'BAD_REQUEST', retryable: false, title: 'Invalid request' },
  UNKNOWN_AGENT: { status: 400, trpc: 'BAD_REQUEST', retryable: false, title: 'Unknown agent' },
  UNSATISFIABLE_SEQUENCE: { status: 400, trpc: 'BAD_REQUEST', retryable: false, title: 'Unsatisfiable agent sequence' },
  UNAUTHENTICATED: { status: 401, trpc: 'UNAUTHORIZED', retryable: false, title: 'Authentication required' },
  FORBIDDEN: { status: 403, trpc: 'FORBIDDEN', retryable: false, title: 'Forbidden' },
  NOT_FOUND: { status: 404, trpc: 'NOT_FOUND', retryable: false, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, trpc: 'METHOD_NOT_SUPPORTED', retryable: false, title: 'Method not allowed' },
  CONFLICT: { status: 409, trpc: 'CONFLICT', retryable: false, title: 'Conflict' },
  PAYLOAD_TOO_LARGE: { status: 413, trpc: 'PAYLOAD_TOO_LARGE', retryable: false, title: 'Payload too large' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    trpc: 'UNSUPPORTED_MEDIA_TYPE',
    retryable: false,
    title: 'Unsupported media type',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    trpc: 'UNPROCESSABLE_CONTENT',
    retryable: false,
    title: 'Idempotency key reused',
  },
  RATE_LIMITED: { status: 429, trpc: 'TOO_MANY_REQUESTS', retryable: true, title: 'Rate limited' },
  QUEUE_FULL: { status: 429, trpc: 'TOO_MANY_REQUESTS', retryable: true, title: 'Queue full' },
  INTERNAL: { status: 500, trpc: 'INTERNAL_SERVER_ERROR', retryable: true, title: 'Internal error' },
  MODEL_UNAVAILABLE: { status: 502, trpc: 'BAD_GATEWAY', retryable: true, title: 'Model unavailable' },
  UNAVAILABLE: { status: 503, trpc: 'SERVICE_UNAVAILABLE', retryable: true, title: 'Service unavailable' },
  MODEL_ERROR: { status: 502, trpc: 'BAD_GATEWAY', retryable: true, title: 'Model error' },
  MODEL_OUTPUT_INVALID: { status: 502, trpc: 'BAD_GATEWAY', retryable: true, title: 'Model output invalid' },
  MODEL_REFUSED: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', retryable: false, title: 'Model refused' },
  MODEL_CANNOT_SERVE: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', retryable: false, title: 'Model cannot serve' },
  AGENT_FAILED: { status: 500, trpc: 'INTERNAL_SERVER_ERROR', retryable: true, title: 'Agent failed' },
  STEP_TIMEOUT: { status: 504, trpc: 'GATEWAY_TIMEOUT', retryable: true, title: 'Step timed out' },
  RUN_TIMEOUT: { status: 504, trpc: 'GATEWAY_TIMEOUT', retryable: true, title: 'Run timed out' },
  BUDGET_EXCEEDED: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', retryable: false, title: 'Budget exceeded' },
  STORAGE_EXCEEDED: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', retryable: false, title: 'Storage exceeded' },
  SANDBOX_UNAVAILABLE: { status: 503, trpc: 'SERVICE_UNAVAILABLE', retryable: false, title: 'Sandbox unavailable' },
  SANDBOX_VIOLATION: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', retryable: false, title: 'Sandbox violation' },
  VERIFICATION_FAILED: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', retryable: false, title: 'Verification failed' },
  WORKSPACE_ERROR: { status: 500, trpc: 'INTERNAL_SERVER_ERROR', retryable: true, title: 'Workspace error' },
  REPOSITORY_UNREACHABLE: { status: 502, trpc: 'BAD_GATEWAY', retryable: true, title: 'Repository unreachable' },
  CANCELLED: { status: 499, trpc: 'CLIENT_CLOSED_REQUEST', retryable: false, title: 'Cancelled' },
  INTERRUPT_EXPIRED: { status: 410, trpc: 'CONFLICT', retryable: false, title: 'Interrupt expired' },
} as const satisfies Record<string, ErrorRow>

/** Every error code that the service uses, on the wire and inside runs. */
export type ErrorCode = keyof typeof ERROR_TABLE

/** All codes in table order, for schemas and docs. */
export const ERROR_CODES = Object.keys(ERROR_TABLE) as [ErrorCode, ...ErrorCode[]]
