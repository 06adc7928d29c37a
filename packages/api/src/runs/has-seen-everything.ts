import type { Orchestrator } from '@codex/core'
import { TERMINAL_EVENTS, TERMINAL_STATUSES } from '@codex/protocol'

/**
 * Whether a watcher that has seen a run's events up to `after` has seen the terminal one. Such a watcher, one that
 * reconnects after the end, must be told so: it would wait for events that never come.
 * @throws CodexError NOT_FOUND
 */
export async function hasSeenEverything(
  orchestrator: Orchestrator,
  { requestId, after }: { readonly requestId: string; readonly after: number },
): Promise<boolean> {
  const [last, next] = await orchestrator.events(requestId, { after: Math.max(0, after - 1), limit: 2 })
  // an id that the run never gave out
  if (last === undefined) return TERMINAL_STATUSES.has((await orchestrator.get(requestId)).status)
  return next === undefined && last.seq === after && TERMINAL_EVENTS.has(last.type)
}
