import { decodeBase64, toHex } from './base64.ts'

/** A public Ed25519 key: PEM (SubjectPublicKeyInfo), JWK, or an entry of the service's list of keys. */
export type TrustedKey = string | PublicJwk | { readonly jwk: PublicJwk }

/** @see https://www.rfc-editor.org/rfc/rfc8037 */
export interface PublicJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
}

export interface ReadKey {
  /** sha256 (hex) of the key as SubjectPublicKeyInfo in DER, computed here and not believed. */
  readonly keyId: string
  /** 32 bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What stands before the 32 bytes of an Ed25519 key in SubjectPublicKeyInfo. @see https://www.rfc-editor.org/rfc/rfc8410 */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)
const KEY_BYTES = 32

/** Reads a key; null when it is no public Ed25519 key. */
export async function readTrustedKey(key: TrustedKey): Promise<ReadKey | null> {
  const bytes = typeof key === 'string' ? fromPem(key) : fromJwk('jwk' in key ? key.jwk : key)
  if (bytes === null) return null
  const whole = new Uint8Array(SPKI_PREFIX.length + KEY_BYTES)
  whole.set(SPKI_PREFIX)
  whole.set(bytes, SPKI_PREFIX.length)
  return { keyId: toHex(await crypto.subtle.digest('SHA-256', whole)), bytes }
}

function fromPem(pem: string): Uint8Array<ArrayBuffer> | null {
  const body = /-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----/.exec(pem)?.[1]
  const der = body === undefined ? null : decodeBase64(body.replaceAll(/\s/g, ''))
  if (der === null || der.length !== SPKI_PREFIX.length + KEY_BYTES) return null
  return SPKI_PREFIX.every((byte, index) => der[index] === byte) ? der.slice(SPKI_PREFIX.length) : null
}

function fromJwk({ kty, crv, x }: PublicJwk): Uint8Array<ArrayBuffer> | null {
  const bytes = kty === 'OKP' && crv === 'Ed25519' ? decodeBase64(x) : null
  return bytes?.length === KEY_BYTES ? bytes : null
}
