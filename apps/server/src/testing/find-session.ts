import { CodexError, type Session } from '@codex/protocol'

/** @throws CodexError NOT_FOUND */
export function findSession(sessions: ReadonlyMap<string, Session>, id: string): Session {
  const found = sessions.get(id)
  if (found === undefined) throw new CodexError('NOT_FOUND', `there is no session ${id}`)
  return found
}
