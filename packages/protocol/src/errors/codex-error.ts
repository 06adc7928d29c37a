import { ERROR_TABLE, type ErrorCode } from './error-table.ts'

/** One problem with one place of the input. */
export interface ErrorIssue {
  /** Dotted path in the caller's own spelling, such as `options.coverage_goals`; empty for the whole body. */
  readonly path: string
  readonly message: string
}

export interface CodexErrorOptions {
  readonly cause?: unknown
  /** Machine-readable details, safe to show to the caller. */
  readonly data?: Record<string, unknown>
  readonly issues?: readonly ErrorIssue[]
  readonly requestId?: string
  /** Overrides the table where one occurrence is known to differ. */
  readonly retryable?: boolean
  /** Seconds after which a retry makes sense. */
  readonly retryAfterS?: number
}

const MARKER = Symbol.for('codex.error')

/**
 * The one error class of the project: a code out of the error table, a message for people, details for programs.
 * Recognised across package copies by a global symbol; use {@link CodexError.isInstance} rather than `instanceof`.
 */
export class CodexError extends Error {
  readonly [MARKER] = true
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  readonly data: Record<string, unknown> | undefined
  readonly issues: readonly ErrorIssue[] | undefined
  readonly requestId: string | undefined
  readonly retryAfterS: number | undefined

  constructor(code: ErrorCode, message: string, options: CodexErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CodexError'
    this.code = code
    this.status = ERROR_TABLE[code].status
    this.retryable = options.retryable ?? ERROR_TABLE[code].retryable
    this.data = options.data
    this.issues = options.issues
    this.requestId = options.requestId
    this.retryAfterS = options.retryAfterS
  }

  /** Whether a value is a CodexError, also one made by another copy of this package. */
  static isInstance(value: unknown): value is CodexError {
    return typeof value === 'object' && value !== null && MARKER in value
  }
}
