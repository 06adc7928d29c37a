import { CodexError } from '@codex/protocol'
import { DatabaseError } from 'pg'
import { isFileError } from '../overload/is-file-error.ts'

/**
 * SQLSTATE classes that say something about the server's state and nothing about the statement: connection, transaction
 * rollback (deadlock), read-only after a failover, resources, operator intervention, system error.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const TROUBLE_CLASSES: ReadonlySet<string> = new Set(['08', '25', '40', '53', '57', '58'])

/**
 * Whether a statement failed because the database could not be reached or could not work just then, so that the same
 * statement may succeed later. Whether it took effect is not known.
 * @param error what a query threw, also when the query builder wrapped it
 */
export function isDatabaseTrouble(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DatabaseError) return TROUBLE_CLASSES.has(cause.code?.slice(0, 2) ?? '')
    // somebody has judged it already: a repository that is not there, a tree that is none of the run
    if (CodexError.isInstance(cause) && cause.code !== 'UNAVAILABLE') return false
    // a folder of this node: no database mends it
    if (isFileError(cause)) return false
    // too long a text, something that is no JSON: it will not get better
    if (cause instanceof RangeError || cause instanceof TypeError) return false
  }
  return true
}

/** Whether a statement was refused because a row with the same key is there. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505'
}
