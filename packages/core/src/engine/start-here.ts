import { randomUUID } from 'node:crypto'
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor'
import type { EngineEntry } from '../store/engine-entry.ts'

export interface StartHereSettings extends Pick<EngineEntry, 'queue' | 'workflow' | 'version' | 'application'> {
  readonly node: string
  readonly maxConcurrentRuns: number
  readonly enter?: ((runId: string, entry: EngineEntry) => Promise<boolean>) | undefined
}

/**
 * Begins a run on this node at once, if there is room and nobody waits in the queue: one commit instead of those of
 * queueing, dequeueing and claiming, and no wait for the next look into the queue.
 * @param priority as the engine's queue takes it
 * @returns false when it has to be queued
 */
export async function startHere(settings: StartHereSettings, runId: string, priority: number): Promise<boolean> {
  const { node, enter, maxConcurrentRuns: maxRunning, queue, workflow, version, application } = settings
  const executor = DBOSExecutor.globalInstance
  if (enter === undefined || executor === undefined) return false
  const { systemDatabase, serializer } = executor
  if (systemDatabase.countRunningWorkflowsForQueue(queue) >= maxRunning) return false
  // counts against the limit from now on, for those that are taken from the queue meanwhile
  const place = systemDatabase.registerRunningWorkflow(runId, queue)
  try {
    const owner = randomUUID()
    const input = await serializer.stringify([runId])
    const serialization = serializer.name()
    const names = { queue, workflow, version, application }
    if (!(await enter(runId, { ...names, owner, priority, input, serialization, maxRunning }))) return false
    const status = {
      workflowUUID: runId,
      status: 'PENDING',
      workflowName: workflow,
      workflowClassName: '',
      workflowConfigName: '',
      queueName: queue,
      authenticatedUser: '',
      assumedRole: '',
      authenticatedRoles: [],
      executorId: node,
      applicationVersion: version,
      applicationID: '',
      recoveryAttempts: 1,
      priority,
      output: null,
      error: null,
      input,
      serialization,
    }
    // the way on which the engine begins what it has just taken from its queue
    await executor.executeDequeuedWorkflow(status, owner)
    return true
  } finally {
    place.release()
  }
}
