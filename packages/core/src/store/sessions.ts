import { CodexError, type CreateSessionInput, type Session, type UpdateSessionInput } from '@codex/protocol'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { toJsonText, toStorableText } from './json-text.ts'

interface SessionRow {
  id: string
  title: string | null
  repository: Session['repository']
  context: Session['context']
  policy: string
  budget: Session['budget']
  created_at: Date
  archived_at: Date | null
  runs: number
}

const SELECT = `SELECT s.id, s.title, s.repository, s.context, s.policy, s.budget, s.created_at, s.archived_at,
  (SELECT count(*)::int FROM codex.runs r WHERE r.session_id = s.id) AS runs FROM codex.sessions s`

/** @returns the new session, without runs */
export async function createSession(pool: Pool, input: CreateSessionInput): Promise<Session> {
  const { title, repository, context, policy, budget } = input
  const id = uuidv7()
  await pool.query(
    `INSERT INTO codex.sessions (id, title, repository, context, policy, budget) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, toText(title), toJson(repository), toJson(context) ?? '{}', policy ?? 'enqueue', toJson(budget)],
  )
  return await getSession(pool, id)
}

/** @throws CodexError NOT_FOUND */
export async function getSession(pool: Pool, id: string): Promise<Session> {
  const result = await pool.query<SessionRow>({ name: 'get-session', text: `${SELECT} WHERE s.id = $1`, values: [id] })
  const row = result.rows[0]
  if (row === undefined) throw new CodexError('NOT_FOUND', `there is no session ${id}`)
  return toSession(row)
}

export async function listSessions(pool: Pool, limit: number): Promise<readonly Session[]> {
  const result = await pool.query<SessionRow>(`${SELECT} ORDER BY s.id DESC LIMIT $1`, [limit])
  return result.rows.map(toSession)
}

/**
 * Changes what is given and leaves the rest; null takes a value away.
 * @throws CodexError NOT_FOUND, or CONFLICT for a session that was archived
 */
export async function updateSession(pool: Pool, { id, ...changes }: UpdateSessionInput): Promise<Session> {
  const { title, repository, context, policy, budget } = changes
  const columns: Record<string, string | null> = {
    ...(title === undefined ? {} : { title: toText(title) }),
    ...(repository === undefined ? {} : { repository: toJson(repository) }),
    ...(context === undefined ? {} : { context: toJson(context) ?? '{}' }),
    ...(policy === undefined ? {} : { policy }),
    ...(budget === undefined ? {} : { budget: toJson(budget) }),
  }
  const names = Object.keys(columns)
  if (names.length > 0) {
    const assignments = names.map((name, index) => `${name} = $${index + 2}`).join(', ')
    await pool.query(`UPDATE codex.sessions SET ${assignments} WHERE id = $1 AND archived_at IS NULL`, [
      id,
      ...Object.values(columns),
    ])
  }
  const session = await getSession(pool, id)
  if (session.archivedAt === null || names.length === 0) return session
  throw new CodexError('CONFLICT', `session ${id} is archived and is not changed any more; create a new one`)
}

/** Archiving keeps the session's runs; it only takes no new ones. @throws CodexError NOT_FOUND */
export async function archiveSession(pool: Pool, id: string): Promise<Session> {
  await pool.query('UPDATE codex.sessions SET archived_at = COALESCE(archived_at, now()) WHERE id = $1', [id])
  return await getSession(pool, id)
}

function toSession(row: SessionRow): Session {
  const { id, title, repository, context, budget, runs } = row
  const policy = row.policy as Session['policy'] // written by this service
  return {
    id,
    title,
    repository,
    context,
    policy,
    budget,
    createdAt: row.created_at,
    archivedAt: row.archived_at,
    runs,
  }
}

function toText(text: string | null | undefined): string | null {
  return text == null ? null : toStorableText(text)
}

function toJson(value: object | null | undefined): string | null {
  return value == null ? null : toJsonText(value)
}
