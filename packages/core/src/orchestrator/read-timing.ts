import type { OrchestrateRequest } from '@codex/protocol'
import { invalidField } from './invalid-field.ts'

/** When a run may begin and has to have ended. */
export interface RunTiming {
  readonly priority: number
  readonly notBefore: Date | null
  readonly deadline: Date | null
}

/**
 * Reads the times of a request.
 * @throws CodexError INVALID_REQUEST for a deadline that cannot be met, or a policy without a session
 */
export function readTiming(request: OrchestrateRequest, now = new Date()): RunTiming {
  const { after, sessionPolicy, sessionId, priority = 0 } = request
  if (sessionPolicy !== undefined && sessionId === undefined) {
    throw invalidField('sessionPolicy', 'session_policy needs session_id; leave it out for a run without a session')
  }
  const deadline = request.deadline === undefined ? null : new Date(request.deadline)
  const notBefore =
    after === undefined ? null : typeof after === 'number' ? new Date(now.getTime() + after * 1_000) : new Date(after)
  if (deadline !== null && deadline <= (notBefore ?? now)) {
    const limit = notBefore === null ? `now (${now.toISOString()})` : `the time before which it is not begun (after)`
    throw invalidField('deadline', `deadline ${deadline.toISOString()} is not later than ${limit}; give a later one`)
  }
  return { priority, notBefore: notBefore !== null && notBefore <= now ? null : notBefore, deadline }
}
