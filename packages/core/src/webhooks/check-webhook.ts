import { isIP } from 'node:net'
import { CodexError, type OrchestrateRequest } from '@codex/protocol'
import { destinationOf, isLocalName } from '../network/destination.ts'
import { isPublicAddress } from '../network/public-address.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/**
 * Refuses a webhook that could never be delivered, as far as the request itself tells. What a name leads to is looked at
 * when something is sent there, because it may change until then.
 * @throws CodexError INVALID_REQUEST that names the field and the remedy
 */
export function checkWebhook(webhook: OrchestrateRequest['webhook'], settings: WebhookSettings): void {
  if (webhook === undefined) return
  if (settings.secrets.length === 0) {
    throw invalid(
      'webhook',
      'this server sends no webhooks because it has no secret to sign them with; its operator sets CODEX_WEBHOOK_SECRET',
    )
  }
  const url = new URL(webhook.url)
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      'webhook.url',
      'must hold no user name and password: check the signature (webhook-signature) at the receiver instead',
    )
  }
  const { host } = destinationOf(url)
  const isPrivate = isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)
  if (!isPrivate || settings.allowPrivate) return
  throw invalid(
    'webhook.url',
    `leads to ${host}, which is not a public address; the operator allows such receivers with CODEX_WEBHOOK_ALLOW_PRIVATE=true`,
  )
}

function invalid(path: string, message: string): CodexError {
  return new CodexError('INVALID_REQUEST', `${path}: ${message}`, { issues: [{ path, message }] })
}
