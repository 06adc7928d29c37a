import { CodexError } from '@codex/protocol'
import { DatabaseError } from 'pg'

/** What the driver says, without a code, when a connection broke or did not come about in time. */
const CONNECTION_WORDS =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|the connection was cut/i
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  'ENOENT', // a unix socket that is gone
])
const DISK_FULL: ReadonlySet<string> = new Set(['53100', 'ENOSPC', 'EDQUOT'])

/** Whether something failed because there was no room on a disk, the database's or this node's. */
function isDiskFull(error: unknown): boolean {
  return chainOf(error).some((cause) => DISK_FULL.has(codeOf(cause)))
}

/**
 * Says in our terms why a request failed when the reason is the state of the database.
 * @returns UNAVAILABLE with what to do about it; null for every other error
 */
export function explainTrouble(error: unknown): CodexError | null {
  if (CodexError.isInstance(error)) return null
  const unavailable = (message: string, retryAfterS: number, reason: string) =>
    new CodexError('UNAVAILABLE', message, { cause: error, retryAfterS, data: { reason } })
  if (isDiskFull(error)) {
    const message = 'the disk is full; nothing of the request was stored. Free space, and it works again by itself'
    return unavailable(message, 30, 'disk_full')
  }
  for (const cause of chainOf(error)) {
    const code = codeOf(cause)
    if (code === '53300') {
      const message =
        'the database takes no more connections: raise its max_connections (a node uses up to 24), or run fewer nodes'
      return unavailable(message, 5, 'too_many_connections')
    }
    const isState = cause instanceof DatabaseError && /^(08|25006|53|57P|58)/.test(code)
    if (isState || CONNECTION_WORDS.test(cause.message) || (isSystemError(cause) && CONNECTION_CODES.has(code))) {
      return databaseAway(error)
    }
  }
  return null
}

/** The error for a database that is not there. */
export function databaseAway(cause: unknown): CodexError {
  return new CodexError('UNAVAILABLE', 'the database does not answer; try again in a moment', {
    cause,
    retryAfterS: 2,
    data: { reason: 'database' },
  })
}

function isSystemError(error: Error): boolean {
  // files that are missing have other calls
  return 'syscall' in error && /^(connect|read|write|getaddrinfo)$/.test(String(error.syscall))
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The error with all that caused it, also where several did. */
function chainOf(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return []
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  return [error, ...several.flatMap(chainOf), ...chainOf(error.cause)]
}
