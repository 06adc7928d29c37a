import { CodexError, type OrchestrateRequest, type WebhookDelivery } from '@codex/protocol'
import type { EnginePart } from '../engine/engine.ts'
import type { Log } from '../logging/log.ts'
import type { Database } from '../store/database.ts'
import {
  findForgottenDeliveries,
  listDeliveries,
  onDelivery,
  readDelivery,
  reopenDelivery,
} from '../store/webhook-deliveries.ts'
import { checkWebhook } from './check-webhook.ts'
import { createDeliveryQueue } from './delivery-queue.ts'
import { tryDelivery } from './try-delivery.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/** What runs tell to the outside, and what is known about it. */
export interface Webhooks {
  /** Refuses what could never be delivered. @throws CodexError INVALID_REQUEST */
  check(webhook: OrchestrateRequest['webhook']): void
  list(requestId: string): Promise<WebhookDelivery[]>
  /** Sends a message once more, now, with the same id. @throws CodexError NOT_FOUND */
  redeliver(requestId: string, deliveryId: string): Promise<WebhookDelivery>
}

export interface WebhookServices {
  readonly database: Database
  readonly settings: WebhookSettings
  readonly log: Log
}

export interface RunningWebhooks {
  readonly webhooks: Webhooks
  /** To be given to the engine. */
  readonly part: EnginePart
  /** Plans deliveries from now on. */
  start(): void
  /** Stops; what is pending goes on elsewhere or later. */
  stop(): Promise<void>
}

const SWEEP_MS = 5_000

/** Puts the sending of webhooks together. Deliveries are written with the events that they tell of; here they are sent. */
export function createWebhooks({ database, settings, log }: WebhookServices): RunningWebhooks {
  const { pool } = database
  const stopping = new AbortController()
  const { signal } = stopping
  const queue = createDeliveryQueue((id, n) => tryDelivery({ database, settings, signal }, id, n), signal)

  const planFirst = async (id: string): Promise<void> => {
    const delivery = await readDelivery(pool, id)
    if (delivery !== null) await queue.plan(delivery, delivery.tries + 1)
  }
  const sweep = async (): Promise<void> => {
    for (const delivery of await findForgottenDeliveries(pool)) {
      await queue.forget(delivery.id, delivery.tries + 1)
      await queue.plan(delivery, delivery.tries + 1)
    }
  }
  const later = (error: unknown) => log.warn({ error: String(error) }, 'could not plan a webhook; the next sweep does')
  let working: Promise<void> = Promise.resolve()
  const work = (task: () => Promise<void>): void => {
    working = working.then(() => (signal.aborted ? undefined : task().catch(later)))
  }
  let timer: NodeJS.Timeout | undefined
  let stopListening = () => {}

  return {
    part: queue,
    webhooks: {
      check: (webhook) => checkWebhook(webhook, settings),
      list: (requestId) => listDeliveries(pool, requestId),
      async redeliver(requestId, deliveryId) {
        const reopened = await reopenDelivery(pool, requestId, deliveryId)
        if (reopened === null) {
          throw new CodexError('NOT_FOUND', `run ${requestId} has no delivery ${deliveryId}`, { requestId })
        }
        const n = reopened.tries + 1
        await queue.plan({ id: deliveryId, url: reopened.url }, n)
        await queue.hurry(deliveryId, n) // it may have been planned for later
        const found = (await listDeliveries(pool, requestId)).find((delivery) => delivery.id === deliveryId)
        if (found === undefined) throw new CodexError('NOT_FOUND', `run ${requestId} is gone`, { requestId })
        return found
      },
    },
    start() {
      // what this process stored is begun at once; what a process stored that died since, the sweep finds
      stopListening = onDelivery(pool, (id) => work(() => planFirst(id)))
      timer = setInterval(() => work(sweep), SWEEP_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      stopListening()
      stopping.abort()
      await working
    },
  }
}
