import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { type EvidenceKey, evidenceKey } from '@codex/protocol'
import type { EvidenceKeyRow } from '../store/evidence.ts'

/** A private key that can do nothing but sign; the key itself is not handed out. */
export interface SigningKey extends Omit<EvidenceKeyRow, 'createdAt'> {
  /** Ed25519 signature of the bytes. */
  sign(bytes: Uint8Array): Buffer
}

/** Reads a private key. Null when the text is none for Ed25519 signatures, or asks for a passphrase. */
export function parseSigningKey(pem: string): SigningKey | null {
  const privateKey = parsePrivateKey(pem)
  if (privateKey?.asymmetricKeyType !== 'ed25519') return null
  const publicKey = createPublicKey(privateKey)
  return {
    keyId: keyIdOf(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => sign(null, bytes, privateKey),
  }
}

/** sha256 (hex) of a public key as SubjectPublicKeyInfo in DER. */
function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/** A stored public key as it goes out, in the two forms that tools read. */
export function toEvidenceKey({ keyId, publicKeyPem, createdAt }: EvidenceKeyRow): EvidenceKey {
  const jwk = createPublicKey(publicKeyPem).export({ format: 'jwk' })
  return evidenceKey.parse({ keyId, algorithm: 'Ed25519', pem: publicKeyPem, jwk, createdAt })
}

function parsePrivateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null // the library's message says nothing that helps, and might say what must not be told
  }
}
