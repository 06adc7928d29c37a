import type { SessionPolicy } from '@codex/protocol'
import { RUN_FORMAT } from '../engine/run-formats.ts'
import { submitInSession } from '../store/submit-in-session.ts'
import { type NewRun, submitRun } from '../store/submit-run.ts'
import { type StartServices, startIfReady, startRun } from './start-run.ts'
import type { SubmitResult } from './submission.ts'

export interface EnqueueOptions {
  /** What happens while a run of the session goes on; null: what the session says. */
  readonly sessionPolicy?: SessionPolicy | null
  readonly maxQueued: number
}

/**
 * Stores a run and queues it, or leaves it behind the run of its session that has to end first.
 * @throws CodexError as `submitRun` and `submitInSession`
 */
export async function enqueueRun(
  services: StartServices,
  given: NewRun,
  { sessionPolicy = null, maxQueued }: EnqueueOptions,
): Promise<SubmitResult> {
  const { format = RUN_FORMAT } = services
  const run = { ...given, format }
  const { sessionId, priority = 0, notBefore = null } = run
  if (sessionId === null) {
    const { id, created } = await submitRun(services.pool, run, maxQueued)
    // also for an earlier run: its server may have died between storing and starting it
    if (created) await startRun(services, { id, priority, notBefore, format })
    else await startIfReady(services, id)
    return { requestId: id, created }
  }
  const policy = { policy: sessionPolicy, maxQueued }
  const { id, created, predecessorId, ended } = await submitInSession(services.pool, { ...run, sessionId }, policy)
  for (const endedId of ended) await services.engine.dequeue(endedId).catch(() => {}) // only saves a look, see cancel
  if (created && predecessorId === null) await startRun(services, { id, priority, notBefore, format })
  // the one before it may have ended while this one was stored, and then nobody saw it
  else await startIfReady(services, id)
  return { requestId: id, created }
}
