import type { Orchestrator } from '@codex/core'
import { CodexError } from '@codex/protocol'

/**
 * Every run has its `run.queued` from the moment it exists, so one small read tells without loading the run.
 * @throws CodexError NOT_FOUND
 */
export async function assertRunExists(orchestrator: Orchestrator, requestId: string): Promise<void> {
  const [first] = await orchestrator.events(requestId, { after: 0, limit: 1 })
  if (first === undefined) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`)
}
