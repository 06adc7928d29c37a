import { DBOS } from '@dbos-inc/dbos-sdk'
import type { EnginePart } from '../engine/engine.ts'
import { destinationOf } from '../network/destination.ts'
import { isDatabaseTrouble } from '../store/database-trouble.ts'

export interface DeliveryQueue extends EnginePart {
  /** Plans the n-th try; planning it twice is harmless. */
  plan(delivery: { readonly id: string; readonly url: string }, n: number, pauseS?: number): Promise<void>
  /** Makes a try that is planned for later now. */
  hurry(id: string, n: number): Promise<void>
  /** Forgets a try that ended without a record of it. */
  forget(id: string, n: number): Promise<void>
}

const QUEUE = 'codex-webhooks'
const WORKFLOW = 'webhook'
const POLL_MS = 500
/** Tries at the same time, of this process and of those to one receiver. */
const MAX_TRIES = 32
const MAX_TRIES_PER_RECEIVER = 4

/**
 * Durable tries of deliveries: each is a workflow with one step, and plans the next one with a delay that the queue keeps,
 * so that a delivery that waits for its next try is a row and takes no place. Receivers have their own partitions: one
 * that is slow delays nobody else's messages.
 * @param makeTry resolves to the pause until the next try, seconds, or null; rejects when the process shuts down
 * @param signal aborted when the process shuts down: a try that is going stays pending for the next process
 */
export function createDeliveryQueue(
  makeTry: (id: string, n: number) => Promise<number | null>,
  signal: AbortSignal,
): DeliveryQueue {
  let workflow: ((id: string, url: string, n: number) => Promise<void>) | undefined

  const plan: DeliveryQueue['plan'] = async ({ id, url }, n, pauseS = 0) => {
    if (workflow === undefined) throw new Error('deliveries are planned before the engine was launched')
    await DBOS.startWorkflow(workflow, {
      workflowID: workflowIdOf(id, n),
      queueName: QUEUE,
      enqueueOptions: {
        queuePartitionKey: destinationOf(new URL(url)).host,
        ...(pauseS > 0 ? { delaySeconds: pauseS } : {}),
      },
    })(id, url, n)
  }
  return {
    plan,
    async hurry(id, n) {
      await DBOS.setWorkflowDelay(workflowIdOf(id, n), { delayUntilEpochMS: Date.now() + 1 })
    },
    async forget(id, n) {
      await DBOS.deleteWorkflows([workflowIdOf(id, n)])
    },
    register() {
      workflow = DBOS.registerWorkflow(
        async (id: string, url: string, n: number): Promise<void> => {
          const pauseS = await DBOS.runStep(
            async () => {
              try {
                return await makeTry(id, n)
              } catch (error) {
                if (signal.aborted) return await new Promise<never>(() => {})
                throw error
              }
            },
            { name: 'try', retriesAllowed: true, maxAttempts: 5, shouldRetry: isDatabaseTrouble },
          )
          if (pauseS !== null) await plan({ id, url }, n + 1, pauseS)
        },
        { name: WORKFLOW, maxRecoveryAttempts: Number.MAX_SAFE_INTEGER },
      )
    },
    async open() {
      await DBOS.registerQueue(QUEUE, {
        workerConcurrency: MAX_TRIES,
        partitionWorkerConcurrency: MAX_TRIES_PER_RECEIVER,
        minPollingIntervalMs: POLL_MS,
        onConflict: 'always_update',
      })
    },
  }
}

function workflowIdOf(id: string, n: number): string {
  return `${id}:${n}`
}
