import { z } from 'zod'

/** What can be wrong with a signed statement. */
export const EVIDENCE_PROBLEMS = [
  'malformed_envelope',
  'unsupported_payload_type',
  'unusable_key',
  'unknown_key',
  'bad_signature',
  'unsupported_runtime',
  'malformed_statement',
  'unsupported_predicate_type',
  'other_run',
  'contradiction',
  'digest_mismatch',
  'missing_subject',
  'unsigned_content',
] as const

export const evidenceProblem = z.object({ code: z.enum(EVIDENCE_PROBLEMS), message: z.string() })
export type EvidenceProblem = z.infer<typeof evidenceProblem>

/** What the service itself says when it holds a run's signed statement against what it would serve now. */
export const evidenceCheck = z.object({
  verified: z.boolean(),
  keyId: z.string().nullable().describe('Key whose signature is good; null when none is'),
  sealed: z
    .enum(['at_end', 'on_request'])
    .nullable()
    .describe('When the statement was signed; null when it cannot be read'),
  problems: z.array(evidenceProblem),
})
export type EvidenceCheck = z.infer<typeof evidenceCheck>
