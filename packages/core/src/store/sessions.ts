import { CodexError, type Session } from '@codex/protocol'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { toStorableText } from './json-text.ts'

interface SessionRow {
  id: string
  title: string | null
  created_at: Date
  archived_at: Date | null
  runs: number
}

const SELECT = `SELECT s.id, s.title, s.created_at, s.archived_at,
  (SELECT count(*)::int FROM codex.runs r WHERE r.session_id = s.id) AS runs FROM codex.sessions s`

export async function createSession(pool: Pool, title: string | null): Promise<Session> {
  const id = uuidv7()
  await pool.query('INSERT INTO codex.sessions (id, title) VALUES ($1, $2)', [
    id,
    title === null ? null : toStorableText(title),
  ])
  return await getSession(pool, id)
}

/** @throws CodexError NOT_FOUND */
export async function getSession(pool: Pool, id: string): Promise<Session> {
  const result = await pool.query<SessionRow>(`${SELECT} WHERE s.id = $1`, [id])
  const row = result.rows[0]
  if (row === undefined) throw new CodexError('NOT_FOUND', `there is no session ${id}`)
  return toSession(row)
}

export async function listSessions(pool: Pool, limit: number): Promise<readonly Session[]> {
  const result = await pool.query<SessionRow>(`${SELECT} ORDER BY s.id DESC LIMIT $1`, [limit])
  return result.rows.map(toSession)
}

/** Archiving keeps the session's runs; it only takes no new ones. @throws CodexError NOT_FOUND */
export async function archiveSession(pool: Pool, id: string): Promise<Session> {
  await pool.query('UPDATE codex.sessions SET archived_at = COALESCE(archived_at, now()) WHERE id = $1', [id])
  return await getSession(pool, id)
}

function toSession(row: SessionRow): Session {
  return { id: row.id, title: row.title, createdAt: row.created_at, archivedAt: row.archived_at, runs: row.runs }
}
