import type { ErrorCode } from '@codex/protocol'
import { APICallError } from 'ai'
import { BrokenStreamError } from './collect-stream.ts'
import { ModelTimeoutError } from './guarded-fetch.ts'
import { retryAfterMs } from './retry-delay.ts'

/** Why one attempt failed and whether another one makes sense. The message is not yet redacted. */
export interface AttemptFailure {
  readonly code: Extract<ErrorCode, 'MODEL_UNAVAILABLE' | 'MODEL_ERROR'>
  readonly message: string
  readonly shouldRetry: boolean
  readonly statusCode: number | null
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | null
}

/** 4xx that pass by themselves: request timeout, conflict with another request, too early, too many. */
const PASSING_STATUSES = new Set([408, 409, 425, 429])

/**
 * Sorts what an attempt threw: an unreachable, overloaded or silent server and a garbled answer are worth another try;
 * a wrong key, a wrong model or a wrong request are not.
 */
export function classifyFailure(error: unknown, nowMs: number): AttemptFailure {
  if (error instanceof ModelTimeoutError) return unavailable(error.message)
  if (error instanceof BrokenStreamError) return garbled(error.message)
  if (APICallError.isInstance(error)) return classifyApiError(error, nowMs)
  const streamError = readStreamError(error)
  if (streamError !== null) return streamError
  if (!(error instanceof Error)) return garbled('the provider sent an error in a form of its own')
  if (GARBLED_ERRORS.has(error.name)) return garbled('the answer is not what the provider documents')
  if (isNetworkError(error)) return unavailable(`the connection broke (${networkReason(error)})`)
  return { code: 'MODEL_ERROR', message: error.message, shouldRetry: false, statusCode: null, retryAfterMs: null }
}

/** Errors of the library that mean: the answer came, and it cannot be read. */
const GARBLED_ERRORS = new Set([
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
  'AI_NoContentGeneratedError',
  'AI_NoOutputGeneratedError',
])

function classifyApiError(error: APICallError, nowMs: number): AttemptFailure {
  const { statusCode } = error
  if (statusCode === undefined) return unavailable(`the server cannot be reached (${networkReason(error)})`)
  if (statusCode < 400) return { ...garbled('the answer is not what the provider documents'), statusCode }
  const message = `HTTP ${statusCode}: ${error.message}`
  const asked = retryAfterMs(error.responseHeaders, nowMs)
  if (statusCode >= 500 || PASSING_STATUSES.has(statusCode)) {
    // A spent account answers 429 too, and stays spent.
    const isSpent = /insufficient_quota|billing_hard_limit|credit balance/i.test(error.responseBody ?? '')
    return { code: 'MODEL_UNAVAILABLE', message, shouldRetry: !isSpent, statusCode, retryAfterMs: asked }
  }
  return { code: 'MODEL_ERROR', message, shouldRetry: false, statusCode, retryAfterMs: null }
}

/** Errors within a stream are plain objects with whatever the provider said. */
function readStreamError(error: unknown): AttemptFailure | null {
  if (typeof error !== 'object' || error === null || error instanceof Error) return null
  const message = 'message' in error && typeof error.message === 'string' ? error.message : 'error within the stream'
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null
  const refusesRetry = 'isRetryable' in error && error.isRetryable === false && statusCode !== null
  const isOurFault = statusCode !== null && statusCode >= 400 && statusCode < 500 && !PASSING_STATUSES.has(statusCode)
  if (isOurFault || refusesRetry) {
    return { code: 'MODEL_ERROR', message, shouldRetry: false, statusCode, retryAfterMs: null }
  }
  return { code: 'MODEL_UNAVAILABLE', message, shouldRetry: true, statusCode, retryAfterMs: null }
}

function unavailable(message: string): AttemptFailure {
  return { code: 'MODEL_UNAVAILABLE', message, shouldRetry: true, statusCode: null, retryAfterMs: null }
}

function garbled(message: string): AttemptFailure {
  return { code: 'MODEL_ERROR', message, shouldRetry: true, statusCode: null, retryAfterMs: null }
}

/** undici says `terminated` or `fetch failed` and keeps the socket's error as the cause. */
function isNetworkError(error: Error): boolean {
  return (
    /^(terminated|fetch failed|other side closed|network|premature close)/i.test(error.message) ||
    socketCode(error) !== null
  )
}

function socketCode(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(current.code)) {
      return current.code
    }
  }
  return null
}

function networkReason(error: Error): string {
  return socketCode(error) ?? error.message
}
