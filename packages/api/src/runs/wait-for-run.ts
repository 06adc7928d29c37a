import type { Run } from '@codex/protocol'
import type { Context } from '../context.ts'

/**
 * Waits for the end of a run, or until it waits for somebody, within the server's limit.
 * @param waitMs how long the caller wants to wait, milliseconds
 * @param signal aborted when the caller has gone
 * @returns the run as it is at the end of the wait, ended or not; at once when the server shuts down
 */
export async function waitForRun(
  context: Context,
  requestId: string,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal | undefined },
): Promise<Run> {
  const { orchestrator, limits, shutdownSignal } = context
  if (shutdownSignal.aborted) return orchestrator.get(requestId)
  const anySignal = signal === undefined ? shutdownSignal : AbortSignal.any([signal, shutdownSignal])
  try {
    return await orchestrator.wait(requestId, { timeoutMs: Math.min(waitMs, limits.maxWaitMs), signal: anySignal })
  } catch (error) {
    if (shutdownSignal.aborted && signal?.aborted !== true) return orchestrator.get(requestId)
    throw error
  }
}
