import { askForCancel, endUnexecuted } from '../store/cancel-statements.ts'
import { type StartServices, startIfReady } from './start-run.ts'

/**
 * Asks for the end of a run. One that no node executes (queued, put off, behind another run, waiting) is ended here and
 * now; one that is going is told to its node, which records the end once its processes are dead. One that has ended
 * stays as it is.
 */
export async function requestCancel(services: StartServices, runId: string, reason: string): Promise<void> {
  const ended = await endUnexecuted(services.pool, runId, { status: 'cancelled', reason })
  if (ended === null) return await askForCancel(services.pool, runId, reason)
  // only saves the engine a look: a run that has ended is not executed, whatever the queue says
  await services.engine.dequeue(runId).catch(() => {})
  for (const successor of ended.successors) await startIfReady(services, successor)
}
