import { z } from 'zod'

/** The public half of a key that signs statements. */
export const evidenceKey = z.object({
  keyId: z.string().describe('sha256 (hex) of the SubjectPublicKeyInfo in DER'),
  algorithm: z.literal('Ed25519'),
  pem: z.string(),
  jwk: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  createdAt: z.date(),
})
export type EvidenceKey = z.infer<typeof evidenceKey>
