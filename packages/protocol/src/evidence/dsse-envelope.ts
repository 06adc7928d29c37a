import { z } from 'zod'

/**
 * A signed payload. The field names are the standard's own and are the same on every transport.
 * @see https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
 */
export const dsseEnvelope = z.object({
  payloadType: z.string().describe('application/vnd.in-toto+json'),
  payload: z.string().describe('Base64 of the bytes that were signed: a statement as JSON'),
  signatures: z.array(
    z.object({
      keyid: z.string().describe('Which key signed: sha256 (hex) of its SubjectPublicKeyInfo in DER'),
      sig: z.string().describe('Base64 of the Ed25519 signature'),
    }),
  ),
})
export type DsseEnvelope = z.infer<typeof dsseEnvelope>
