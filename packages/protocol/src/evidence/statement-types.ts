/**
 * What the payload of a signed envelope is.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md
 */
export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** What the predicate of a run's statement is; a change that readers have to know of gets a new number. */
export const EVIDENCE_PREDICATE_TYPE = 'urn:codex:evidence:run:v1'
