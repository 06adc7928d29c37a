import { EgressDenied } from '../network/dial.ts'
import type { Database } from '../store/database.ts'
import { readDelivery, recordTry, type TryOutcome } from '../store/webhook-deliveries.ts'
import { buildMessage } from './build-message.ts'
import { failedTry, judgeAnswer } from './judge-answer.ts'
import { postMessage } from './post-message.ts'
import { signMessage } from './sign-message.ts'
import type { WebhookSettings } from './webhook-settings.ts'

export interface TryServices {
  readonly database: Database
  readonly settings: WebhookSettings
  /** Aborted when the process shuts down. */
  readonly signal: AbortSignal
}

type Judged = TryOutcome & { readonly pauseS: number | null }

/**
 * Makes the n-th try of a delivery and records how it ended. Repeating it after a crash sends the same message with the
 * same id once more at most.
 * @returns seconds until the next try; null when there is none
 * @throws what the database throws; the signal's reason when the process shuts down meanwhile
 */
export async function tryDelivery(services: TryServices, id: string, n: number): Promise<number | null> {
  const { pool } = services.database
  const delivery = await readDelivery(pool, id)
  if (delivery === null || delivery.status !== 'pending') return null
  // recorded before a crash that kept the next try from being planned
  if (delivery.tries >= n) return failedTry(n, '').pauseS
  const body = await buildMessage(services.database, delivery)
  if (body === null) return null
  const { pauseS, ...outcome } = await send(services, { id, url: delivery.url, body }, n)
  await recordTry(pool, id, n, outcome)
  return pauseS
}

async function send(
  { settings, signal }: TryServices,
  { id, url, body }: { readonly id: string; readonly url: string; readonly body: string },
  n: number,
): Promise<Judged> {
  if (settings.secrets.length === 0) return failedTry(n, 'the node has no CODEX_WEBHOOK_SECRET to sign with')
  const headers = signMessage({ id, sentAt: new Date(), body }, settings.secrets)
  try {
    return judgeAnswer(n, await postMessage(new URL(url), { headers, body }, settings, signal))
  } catch (error) {
    signal.throwIfAborted()
    const reason = describe(error)
    if (error instanceof EgressDenied) {
      return { status: 'failed', error: `${reason}; CODEX_WEBHOOK_ALLOW_PRIVATE=true allows it`, pauseS: null }
    }
    return failedTry(n, reason)
  }
}

function describe(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  return inner instanceof Error ? inner.message : String(inner)
}
