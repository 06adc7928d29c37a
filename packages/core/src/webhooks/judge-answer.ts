import type { TryOutcome } from '../store/webhook-deliveries.ts'
import type { ReceiverAnswer } from './post-message.ts'

/** Pauses after the tries that fail, seconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
const PAUSES_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
const MAX_PAUSE_S = 86_400

/** Says what a receiver's answer means; any other than 2xx is a failure, and 410 asks for an end. */
export function judgeAnswer(
  n: number,
  { status, retryAfterS }: ReceiverAnswer,
): TryOutcome & { pauseS: number | null } {
  if (status >= 200 && status < 300) return { status: 'delivered', error: null, pauseS: null }
  if (status === 410)
    return { status: 'failed', error: 'the receiver answered 410: it wants nothing more', pauseS: null }
  const why = status >= 300 && status < 400 ? ' (redirects are not followed)' : ''
  return failedTry(n, `the receiver answered ${status}${why}`, retryAfterS ?? 0)
}

/** A failure that may pass: it is tried again until the schedule is at its end. */
export function failedTry(n: number, error: string, minPauseS = 0): TryOutcome & { pauseS: number | null } {
  const pauseS = PAUSES_S[n - 1]
  if (pauseS === undefined) return { status: 'failed', error, pauseS: null }
  return { status: 'pending', error, pauseS: Math.min(Math.max(pauseS, minPauseS), MAX_PAUSE_S) }
}
