import {
  checkEvidence,
  type DsseEnvelope,
  type EvidenceProblem,
  type EvidenceStatement,
  type Run,
} from '@codex/protocol'

/** A public Ed25519 key: PEM, JWK, or an entry of `codex.evidence.keys()`. */
export type PublicKey = string | PublicJwk | { readonly jwk: PublicJwk }

/** @see https://www.rfc-editor.org/rfc/rfc8037 */
export interface PublicJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
}

export interface VerifyEvidenceOptions {
  /** Keys whose signature is trusted. A key that you kept is worth more than one that came along with the statement. */
  readonly keys: readonly PublicKey[]
  /** What is said to be the result: its patch, artifacts and verification are held against the signed digests. */
  readonly run?: Run | undefined
}

export interface EvidenceVerdict {
  /** Whether the signature is good and, where a run was given, the run is what was signed. */
  readonly valid: boolean
  /** Everything that speaks against it; empty when valid. */
  readonly problems: readonly EvidenceProblem[]
  /** What was signed; null unless the signature is that of a trusted key. */
  readonly statement: EvidenceStatement | null
  /** Key whose signature is good: sha256 (hex) of it as SubjectPublicKeyInfo. */
  readonly keyId: string | null
}

/**
 * Checks a signed statement without asking anybody: signature, form, and that a run is what was signed. Says what is
 * wrong rather than throwing. Look at `statement.predicate` for what the statement says: a valid one may well tell of
 * a failed run.
 * @param envelope as `runs.evidence()` or `GET /api/orchestrate/{id}/evidence` gave it
 */
export async function verifyEvidence(envelope: DsseEnvelope, options: VerifyEvidenceOptions): Promise<EvidenceVerdict> {
  const { keyId, statement, problems } = await checkEvidence(envelope, options.keys, { run: options.run })
  return { valid: problems.length === 0, problems, statement, keyId }
}
