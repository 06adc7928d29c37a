import { decodeBase64 } from './base64.ts'
import type { DsseEnvelope } from './dsse-envelope.ts'
import type { EvidenceProblem } from './evidence-check.ts'
import { preAuthenticationEncoding } from './pre-authentication-encoding.ts'
import { STATEMENT_PAYLOAD_TYPE } from './statement-types.ts'
import { type ReadKey, readTrustedKey, type TrustedKey } from './trusted-key.ts'

/** The payload of an envelope that one of the keys signed, or why there is none. */
export type OpenedEnvelope =
  | { readonly keyId: string; readonly payload: Uint8Array }
  | { readonly problem: EvidenceProblem }

/**
 * Checks the signature of an envelope. The key id in it only says which keys to try; which key it was is computed.
 * @param envelope as it came; may be anything
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export async function openEnvelope(envelope: unknown, trusted: readonly TrustedKey[]): Promise<OpenedEnvelope> {
  if (!isEnvelope(envelope)) {
    return failed('malformed_envelope', 'an envelope has the text fields payloadType and payload, and signatures')
  }
  if (envelope.payloadType !== STATEMENT_PAYLOAD_TYPE) {
    return failed('unsupported_payload_type', `payloadType must be ${STATEMENT_PAYLOAD_TYPE}`)
  }
  const payload = decodeBase64(envelope.payload)
  if (payload === null) return failed('malformed_envelope', 'payload is not base64')
  const keys = await Promise.all(trusted.map(readTrustedKey))
  const usable = keys.filter((key) => key !== null)
  if (usable.length < keys.length) return failed('unusable_key', 'a key is neither PEM nor JWK of a public Ed25519 key')
  // a signature may come without the name of its key: then every key is tried
  const names = new Set<string | undefined>(envelope.signatures.map(({ keyid }) => keyid))
  const named = names.has(undefined) ? usable : usable.filter(({ keyId }) => names.has(keyId))
  if (named.length === 0)
    return failed('unknown_key', 'none of the keys is one that the envelope says it is signed with')
  const message = preAuthenticationEncoding(envelope.payloadType, payload)
  try {
    for (const key of named) {
      for (const { sig } of envelope.signatures) {
        if (await isSignedBy(key, sig, message)) return { keyId: key.keyId, payload }
      }
    }
  } catch (error) {
    return failed('unsupported_runtime', `this runtime cannot check Ed25519 signatures: ${String(error)}`)
  }
  return failed('bad_signature', 'the signature is not that of the payload')
}

async function isSignedBy(key: ReadKey, signature: string, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const bytes = decodeBase64(signature)
  if (bytes === null) return false
  const imported = await crypto.subtle.importKey('raw', key.bytes, 'Ed25519', false, ['verify'])
  return await crypto.subtle.verify('Ed25519', imported, bytes, message)
}

function isEnvelope(value: unknown): value is DsseEnvelope {
  if (typeof value !== 'object' || value === null) return false
  const { payloadType, payload, signatures } = value as Partial<Record<string, unknown>> // looked at field by field
  const isSignature = (item: unknown): boolean =>
    typeof item === 'object' && item !== null && 'sig' in item && typeof item.sig === 'string'
  return (
    typeof payloadType === 'string' &&
    typeof payload === 'string' &&
    Array.isArray(signatures) &&
    signatures.every(isSignature)
  )
}

function failed(code: EvidenceProblem['code'], message: string): OpenedEnvelope {
  return { problem: { code, message } }
}
