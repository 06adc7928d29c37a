import {
  canonicalJson,
  type DsseEnvelope,
  type EvidenceStatement,
  preAuthenticationEncoding,
  STATEMENT_PAYLOAD_TYPE,
} from '@codex/protocol'
import type { EvidenceRow } from '../store/evidence.ts'
import type { SigningKey } from './signing-key.ts'

/** Signs a statement; what is stored are the very bytes that were signed. */
export function signStatement(statement: EvidenceStatement, key: SigningKey): EvidenceRow {
  const text = canonicalJson(statement)
  const bytes = preAuthenticationEncoding(STATEMENT_PAYLOAD_TYPE, Buffer.from(text))
  return { statement: text, keyId: key.keyId, signature: key.sign(bytes).toString('base64') }
}

/** A stored statement as it goes out. */
export function toEnvelope({ statement, keyId, signature }: EvidenceRow): DsseEnvelope {
  return {
    payloadType: STATEMENT_PAYLOAD_TYPE,
    payload: Buffer.from(statement).toString('base64'),
    signatures: [{ keyid: keyId, sig: signature }],
  }
}
