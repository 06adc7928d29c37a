import type { EvidenceKey } from '@codex/protocol'

/** A key that signed nothing. */
export const EVIDENCE_KEY: EvidenceKey = {
  keyId: 'b'.repeat(64),
  algorithm: 'Ed25519',
  pem: '-----BEGIN PUBLIC KEY-----',
  jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' },
  createdAt: new Date(0),
}
