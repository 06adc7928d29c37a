import { CodexError, decodeBase64 } from '@codex/protocol'

export interface WebhookVerificationOptions {
  /** Older messages, and ones from further in the future, are refused; seconds, default 300. Keeps replays out. */
  readonly toleranceS?: number | undefined
}

/** What a webhook was told, after its signature was found good. Fields of `data` are in REST's spelling. */
export interface WebhookMessage {
  /** The message id; the same message may come more than once, so remember the ids that you dealt with. */
  readonly id: string
  /** Such as `run.completed`. */
  readonly type: string
  /** When the event happened, ISO 8601. */
  readonly timestamp: string
  readonly data: {
    readonly request_id: string
    readonly status: string
    readonly [field: string]: unknown
  }
}

type HeaderValue = string | readonly string[] | undefined
/** Headers as fetch or Node's http have them. */
type WebhookHeaders = { get(name: string): string | null } | { readonly [name: string]: HeaderValue }

const DEFAULT_TOLERANCE_S = 300

/**
 * Checks by Standard Webhooks that a message came from the service and is fresh, and reads it.
 * @param body the raw body, exactly as it was received; a parsed and printed one has another signature
 * @param headers of the request: webhook-id, webhook-timestamp, webhook-signature
 * @param secret the server's CODEX_WEBHOOK_SECRET; several separated by commas while secrets change
 * @throws CodexError UNAUTHENTICATED when anything speaks against it; answer such a request with 401
 * @see https://www.standardwebhooks.com
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string,
  { toleranceS = DEFAULT_TOLERANCE_S }: WebhookVerificationOptions = {},
): Promise<WebhookMessage> {
  const id = readHeader(headers, 'webhook-id')
  const timestamp = readHeader(headers, 'webhook-timestamp')
  const signatures = readHeader(headers, 'webhook-signature')
    .split(' ')
    .filter((entry) => entry.startsWith('v1,'))
    .flatMap((entry) => decodeBase64(entry.slice(3)) ?? [])
  const ageS = Date.now() / 1_000 - Number(timestamp)
  if (!/^\d+$/.test(timestamp) || Math.abs(ageS) > toleranceS) {
    throw refused(`the message is ${Math.round(ageS)} s old; ${toleranceS} s are allowed`)
  }
  const encoder = new TextEncoder()
  const content = typeof body === 'string' ? encoder.encode(body) : body
  const head = encoder.encode(`${id}.${timestamp}.`)
  const signed = new Uint8Array(head.length + content.length)
  signed.set(head)
  signed.set(content, head.length)
  for (const key of await importKeys(secret)) {
    for (const signature of signatures) {
      // compares in constant time
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return readMessage(id, content)
    }
  }
  throw refused('no signature is that of the secret')
}

async function importKeys(secret: string) {
  const texts = secret.split(',').map((entry) => entry.trim())
  const imported = texts.map(async (text) => {
    const bytes = text.startsWith('whsec_') ? decodeBase64(text.slice('whsec_'.length)) : null
    if (bytes === null || bytes.length === 0) {
      throw new CodexError('INVALID_REQUEST', 'the webhook secret must be "whsec_" and base64')
    }
    return await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  })
  return await Promise.all(imported)
}

function readMessage(id: string, content: Uint8Array): WebhookMessage {
  try {
    // signed by the service, so it has the service's form
    return { ...(JSON.parse(new TextDecoder().decode(content)) as Omit<WebhookMessage, 'id'>), id }
  } catch (error) {
    throw refused('the body is not JSON', error)
  }
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = typeof headers.get === 'function' ? headers.get(name) : findHeader(headers, name)
  if (typeof value === 'string' && value !== '') return value
  throw refused(`the header ${name} is missing`)
}

function findHeader(headers: object, name: string): unknown {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)
  return found?.[1]
}

function refused(reason: string, cause?: unknown): CodexError {
  return new CodexError('UNAUTHENTICATED', `this is no message of the service: ${reason}`, { cause })
}
