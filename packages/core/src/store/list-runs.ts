import { CodexError, type ListRunsInput } from '@codex/protocol'
import { and, arrayContains, desc, eq, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { toStorableText } from './json-text.ts'
import type { RunRow } from './read-run.ts'
import { runs } from './schema/runs.ts'

const DEFAULT_PAGE_SIZE = 50
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * One page of history, newest first. Run ids are time-ordered (UUID v7), so the cursor is the last id of the page
 * and stays right while new runs come in.
 * @throws CodexError INVALID_REQUEST for a cursor that was not made here
 */
export async function listRuns(
  database: Database,
  input: ListRunsInput,
): Promise<{ rows: readonly RunRow[]; nextCursor: string | null }> {
  const limit = input.limit ?? DEFAULT_PAGE_SIZE
  const conditions: SQL[] = []
  if (input.cursor !== undefined) conditions.push(lt(runs.id, decodeCursor(input.cursor)))
  if (input.status !== undefined) conditions.push(eq(runs.status, input.status))
  if (input.agent !== undefined) conditions.push(arrayContains(runs.agentSequence, [input.agent]))
  if (input.sessionId !== undefined) conditions.push(eq(runs.sessionId, input.sessionId))
  if (input.workflow !== undefined) conditions.push(eq(runs.workflow, input.workflow))
  if (input.since !== undefined) conditions.push(gte(runs.createdAt, input.since))
  if (input.until !== undefined) conditions.push(lte(runs.createdAt, input.until))
  if (input.q !== undefined) {
    conditions.push(
      sql`to_tsvector('simple', ${runs.prompt} || ' ' || ${runs.labels}::text || ' ' || ${runs.summary}) @@ plainto_tsquery('simple', ${toStorableText(input.q)})`,
    )
  }
  const rows = await database.orm
    .select()
    .from(runs)
    .where(and(...conditions))
    .orderBy(desc(runs.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null }
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
