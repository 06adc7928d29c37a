import type { WebhookDelivery } from '@codex/protocol'

/** A delivery of the scripted house. */
export function newDelivery(status: WebhookDelivery['status']): WebhookDelivery {
  return {
    id: 'msg_1',
    type: 'run.completed',
    seq: 2,
    url: 'https://receiver.example/hook',
    status,
    tries: 3,
    lastError: 'the receiver answered 500',
    createdAt: new Date(0),
    endedAt: status === 'pending' ? null : new Date(1),
  }
}
