import { createHmac } from 'node:crypto'

/** A message as it is sent; the id is the same for every try, the time is that of the try. */
export interface SignedMessage {
  readonly id: string
  readonly sentAt: Date
  readonly body: string
}

/**
 * Headers that prove to the receiver who sent a message, one signature for each secret so that secrets can be changed
 * without a gap.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signMessage({ id, sentAt, body }: SignedMessage, secrets: readonly Buffer[]): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000))
  const sign = (secret: Buffer): string =>
    createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${sign(secret)}`).join(' '),
  }
}
