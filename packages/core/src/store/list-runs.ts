import { CodexError, type ListRunsInput } from '@codex/protocol'
import { and, arrayContains, asc, desc, eq, getTableColumns, gt, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { toStorableText } from './json-text.ts'
import type { RunRow } from './read-run.ts'
import { runs } from './schema/runs.ts'

const DEFAULT_PAGE_SIZE = 50
// what can be large and no list shows stays where it is
const { patch: _patch, verification: _verification, ...LISTED } = getTableColumns(runs)

/** A run as lists need it. */
export type ListedRun = Omit<RunRow, 'patch' | 'verification'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * One page of history, newest first. Run ids are time-ordered (UUID v7), so the cursor is the last id of the page
 * and stays right while new runs come in.
 * @param order `oldest_first` turns the order around
 * @throws CodexError INVALID_REQUEST for a cursor that was not made here, and for a search without a word to find
 */
export async function listRuns(
  database: Database,
  input: ListRunsInput,
  order: 'newest_first' | 'oldest_first' = 'newest_first',
): Promise<{ rows: readonly ListedRun[]; nextCursor: string | null }> {
  const limit = input.limit ?? DEFAULT_PAGE_SIZE
  const isNewestFirst = order === 'newest_first'
  const conditions: SQL[] = []
  if (input.cursor !== undefined) conditions.push((isNewestFirst ? lt : gt)(runs.id, decodeCursor(input.cursor)))
  if (input.status !== undefined) conditions.push(eq(runs.status, input.status))
  if (input.agent !== undefined) conditions.push(arrayContains(runs.agentSequence, [input.agent]))
  if (input.sessionId !== undefined) conditions.push(eq(runs.sessionId, input.sessionId))
  if (input.workflow !== undefined) conditions.push(eq(runs.workflow, input.workflow))
  if (input.since !== undefined) conditions.push(gte(runs.createdAt, input.since))
  if (input.until !== undefined) conditions.push(lte(runs.createdAt, input.until))
  if (input.q !== undefined) conditions.push(await findWords(database, input.q))
  const rows = await database.orm
    .select(LISTED)
    .from(runs)
    .where(and(...conditions))
    .orderBy((isNewestFirst ? desc : asc)(runs.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null }
}

/** A condition that the index over the words of runs can answer. */
async function findWords(database: Database, q: string): Promise<SQL> {
  const words = toStorableText(q)
  const { rows } = await database.pool.query<{ wanted: string }>({
    name: 'read-search',
    text: `SELECT querytree(websearch_to_tsquery('simple', $1)) AS wanted`,
    values: [words],
  })
  // T: everything but; nothing: no word at all. Either would read the whole history.
  const wanted = rows[0]?.wanted ?? ''
  if (wanted === '' || wanted === 'T') {
    throw new CodexError('INVALID_REQUEST', 'q names no word to find; words after a minus only narrow a search', {
      issues: [{ path: 'q', message: 'give at least one word without a minus' }],
    })
  }
  return sql`to_tsvector('simple', ${runs.prompt} || ' ' || ${runs.labels}::text || ' ' || ${runs.summary}) @@ websearch_to_tsquery('simple', ${words})`
}

function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url')
}

function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString()
  if (UUID.test(id)) return id
  throw new CodexError('INVALID_REQUEST', 'cursor is not one that this service gave', {
    issues: [{ path: 'cursor', message: 'use nextCursor of the page before, unchanged' }],
  })
}
