import { RUN_QUEUE } from '../engine/engine.ts'
import { RUN_FORMAT } from '../engine/run-formats.ts'
import { freeStuckRun as freeRow } from '../store/stuck-runs.ts'
import { type StartServices, startIfReady, startRun } from './start-run.ts'

/**
 * Lets a run go on that should and that nobody executes: in this version's format when no living node knows its own.
 * @param agents names of the agents that are registered here
 * @returns false when it is not stuck, or stuck in a way that this does not mend
 */
export async function freeStuckRun(services: StartServices, agents: readonly string[], id: string): Promise<boolean> {
  const { pool, log, format = RUN_FORMAT } = services
  const freed = await freeRow(pool, { agents, runId: id, format, queue: RUN_QUEUE })
  if (freed === null) return false
  log.warn({ runId: id, format: freed.format }, 'freed a run that nobody executed')
  // where the engine knows it no more
  if (freed.status === 'queued') await startIfReady(services, id)
  else await startRun(services, { id, priority: 0, notBefore: null, format: freed.format, again: true })
  return true
}
