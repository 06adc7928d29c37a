import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import {
  canonicalJson,
  type DsseEnvelope,
  EVIDENCE_PREDICATE_TYPE,
  type EvidenceKey,
  evidenceKey,
  preAuthenticationEncoding,
  type Run,
  STATEMENT_PAYLOAD_TYPE,
  STATEMENT_TYPE,
  subjectContents,
} from '@codex/protocol'

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')

/** A key, and what it signs about runs: the little of a statement that is looked at. */
export function createSigner(): { readonly key: EvidenceKey; sign(run: Run): DsseEnvelope } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = evidenceKey.parse({
    keyId: sha256(publicKey.export({ type: 'spki', format: 'der' })),
    algorithm: 'Ed25519',
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
    jwk: publicKey.export({ format: 'jwk' }),
    createdAt: new Date(0),
  })
  return {
    key,
    sign({ requestId, status, metadata: { success, verified }, result }) {
      const statement = {
        _type: STATEMENT_TYPE,
        subject: subjectContents(result).map(({ name, text }) => ({ name, digest: { sha256: sha256(text) } })),
        predicateType: EVIDENCE_PREDICATE_TYPE,
        predicate: { requestId, status, success, verified },
      }
      const payload = Buffer.from(canonicalJson(statement))
      const sig = sign(null, preAuthenticationEncoding(STATEMENT_PAYLOAD_TYPE, payload), privateKey)
      return {
        payloadType: STATEMENT_PAYLOAD_TYPE,
        payload: payload.toString('base64'),
        signatures: [{ keyid: key.keyId, sig: sig.toString('base64') }],
      }
    },
  }
}
