import { CodexError, ERROR_TABLE, type ErrorCode, type ErrorIssue } from '@codex/protocol'
import { TRPCClientError } from '@trpc/client'

/**
 * Turns whatever a call failed with into a {@link CodexError}: what the service said where it said something, by HTTP
 * status where something in between answered, UNAVAILABLE where nothing did.
 * @param error what was thrown
 * @param url where the call went, for the message
 */
export function toCodexError(error: unknown, url: string): CodexError {
  if (CodexError.isInstance(error)) return error
  if (error instanceof Error && CodexError.isInstance(error.cause)) return error.cause
  if (!(error instanceof TRPCClientError)) return unreachable(error, url)
  const data: unknown = error.data // its static type is what the server promises; what arrived is checked below
  const response = responseOf(error)
  const retryAfterS = parseRetryAfter(response?.headers?.get('retry-after'))
  if (isRecord(data)) return fromServiceError(error.message, data, { cause: error, retryAfterS })
  if (response !== undefined) return fromForeignAnswer(response.status, url, error, retryAfterS)
  return unreachable(error.cause ?? error, url)
}

/**
 * Reads an error as the service's tRPC error formatter shapes it.
 * @param data `error.data`: {code, status, retryable, errors, requestId, retryAfterS, data}
 */
export function fromServiceError(
  message: string,
  data: Record<string, unknown>,
  transport: { cause?: unknown; retryAfterS?: number | undefined } = {},
): CodexError {
  const { code, status, httpStatus, retryable, requestId } = data
  const known = isErrorCode(code)
  const details = known ? optionalRecord(data['data']) : { ...optionalRecord(data['data']), code }
  const retryAfterS = typeof data['retryAfterS'] === 'number' ? data['retryAfterS'] : transport.retryAfterS
  const issues = readIssues(data['errors'])
  return new CodexError(known ? code : codeOfStatus(Number(status ?? httpStatus ?? 500)), message, {
    ...(transport.cause === undefined ? {} : { cause: transport.cause }),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(details === undefined ? {} : { data: details }),
    ...(issues.length === 0 ? {} : { issues }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  })
}

/** An answer that the service did not write: a proxy's error page, another program on that port. */
export function fromForeignAnswer(status: number, url: string, cause: unknown, retryAfterS?: number): CodexError {
  const hint = status < 500 ? '; does the url point at the orchestrator?' : ''
  return new CodexError(codeOfStatus(status), `${url} answered ${status} without an error of the service${hint}`, {
    cause,
    data: { status },
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  })
}

function unreachable(cause: unknown, url: string): CodexError {
  const detail = innermostMessage(cause)
  return new CodexError(
    'UNAVAILABLE',
    `no answer from ${url}: ${detail}; check the url (or CODEX_URL) and that the server runs`,
    { cause },
  )
}

/** `fetch failed` says nothing; what it was caused by does (ECONNREFUSED and the like). */
function innermostMessage(error: unknown): string {
  let current = error
  while (current instanceof Error && current.cause instanceof Error) current = current.cause
  if (!(current instanceof Error)) return String(current)
  const code = 'code' in current && typeof current.code === 'string' ? current.code : ''
  return current.message || code || current.name
}

function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 400:
      return 'INVALID_REQUEST'
    case 401:
      return 'UNAUTHENTICATED'
    case 403:
      return 'FORBIDDEN'
    case 404:
      return 'NOT_FOUND'
    case 405:
      return 'METHOD_NOT_ALLOWED'
    case 409:
      return 'CONFLICT'
    case 413:
      return 'PAYLOAD_TOO_LARGE'
    case 422:
      return 'INVALID_REQUEST'
    case 429:
      return 'RATE_LIMITED'
    case 502:
    case 503:
    case 504:
      return 'UNAVAILABLE'
    default:
      return 'INTERNAL'
  }
}

interface HttpAnswer {
  readonly status: number
  readonly headers?: { get(name: string): string | null }
}

function responseOf(error: { readonly meta?: Record<string, unknown> | undefined }): HttpAnswer | undefined {
  const response = error.meta?.['response']
  if (!isRecord(response) || typeof response['status'] !== 'number') return undefined
  return response as unknown as HttpAnswer // tRPC puts the Response that fetch gave here
}

/**
 * Seconds out of `Retry-After`, given as seconds or as an HTTP date.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || text === '') return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1_000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

function readIssues(value: unknown): readonly ErrorIssue[] {
  if (!Array.isArray(value)) return []
  return value
    .filter(isRecord)
    .map((issue) => ({ path: String(issue['path'] ?? ''), message: String(issue['message'] ?? '') }))
}

function optionalRecord(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_TABLE, value)
}

/** A JSON object, as opposed to an array or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
