import type { RunNotifications } from '../store/run-notifications.ts'
import { lookAgain } from './look-again.ts'

/**
 * Waits for the end of a run without reading its events: it looks at the run when its status may have changed, and now
 * and then. Resolves also when the signal is aborted.
 * @throws what the database says when it stays away, and what `hasEnded` throws
 */
export async function waitForEnd(
  notifications: Pick<RunNotifications, 'onStatus'>,
  runId: string,
  { hasEnded, signal }: { readonly hasEnded: () => Promise<boolean>; readonly signal: AbortSignal },
): Promise<void> {
  const listen = (onChange: () => void) => notifications.onStatus(runId, onChange)
  for await (const ended of lookAgain({ listen, look: hasEnded, signal })) if (ended) return
}
