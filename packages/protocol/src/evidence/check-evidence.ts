import type { Run } from '../run.ts'
import { toHex } from './base64.ts'
import type { EvidenceProblem } from './evidence-check.ts'
import type { EvidenceStatement } from './evidence-statement.ts'
import { openEnvelope } from './open-envelope.ts'
import { EVIDENCE_PREDICATE_TYPE, STATEMENT_TYPE } from './statement-types.ts'
import { subjectContents, TREE_SUBJECT } from './subject-contents.ts'
import type { TrustedKey } from './trusted-key.ts'

export interface CheckedEvidence {
  /** Key whose signature is good; null when none is. */
  readonly keyId: string | null
  /** What was signed; null unless the signature is good. */
  readonly statement: EvidenceStatement | null
  readonly problems: readonly EvidenceProblem[]
}

export interface EvidenceClaims {
  /** What is said to be the run, to be held against the statement. */
  readonly run?: Pick<Run, 'requestId' | 'status' | 'result' | 'metadata'> | undefined
  /** Git tree that the run is said to have ended with. */
  readonly headTree?: string | null | undefined
}

/**
 * Checks a signed statement, and holds a run against it. Needs nothing but Web Crypto, so that it works in browsers too.
 * @param envelope as it came; may be anything
 * @param keys whose signature is trusted
 */
export async function checkEvidence(
  envelope: unknown,
  keys: readonly TrustedKey[],
  claims: EvidenceClaims = {},
): Promise<CheckedEvidence> {
  const opened = await openEnvelope(envelope, keys)
  if ('problem' in opened) return { keyId: null, statement: null, problems: [opened.problem] }
  const { keyId, payload } = opened
  const read = readStatement(payload)
  if ('problem' in read) return { keyId, statement: null, problems: [read.problem] }
  const { statement } = read
  return {
    keyId,
    statement,
    problems: [...(await findContradictions(statement, claims)), ...checkTree(statement, claims)],
  }
}

function readStatement(payload: Uint8Array): { statement: EvidenceStatement } | { problem: EvidenceProblem } {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return { problem: { code: 'malformed_statement', message: 'the payload is not JSON in UTF-8' } } // what was thrown says no more
  }
  if (
    !isRecord(value) ||
    value['_type'] !== STATEMENT_TYPE ||
    !isSubject(value['subject']) ||
    !isRecord(value['predicate'])
  ) {
    return {
      problem: { code: 'malformed_statement', message: `the payload is no statement of type ${STATEMENT_TYPE}` },
    }
  }
  if (value['predicateType'] !== EVIDENCE_PREDICATE_TYPE) {
    const message = `predicateType must be ${EVIDENCE_PREDICATE_TYPE}, as this version reads`
    return { problem: { code: 'unsupported_predicate_type', message } }
  }
  return { statement: value as EvidenceStatement } // signed by a trusted key under the name of this schema
}

/** Where a run says something else than its statement. */
async function findContradictions(statement: EvidenceStatement, { run }: EvidenceClaims): Promise<EvidenceProblem[]> {
  if (run === undefined) return []
  const { predicate } = statement
  if (run.requestId !== predicate.requestId) {
    return [{ code: 'other_run', message: `the statement is about run ${predicate.requestId}` }]
  }
  const facts = { status: run.status, success: run.metadata.success, verified: run.metadata.verified }
  const contradictions = (['status', 'success', 'verified'] as const)
    .filter((name) => facts[name] !== predicate[name])
    .map((name): EvidenceProblem => {
      const message = `${name}: the run says ${String(facts[name])}, the statement ${String(predicate[name])}`
      return { code: 'contradiction', message }
    })
  return [...contradictions, ...(await compareContents(statement, run))]
}

async function compareContents(statement: EvidenceStatement, run: Pick<Run, 'result'>): Promise<EvidenceProblem[]> {
  const signed = new Map(statement.subject.map(({ name, digest }) => [name, digest['sha256']]))
  signed.delete(TREE_SUBJECT)
  const problems: EvidenceProblem[] = []
  for (const { name, text } of subjectContents(run.result)) {
    const digest = signed.get(name)
    signed.delete(name)
    if (digest === undefined) {
      problems.push({ code: 'unsigned_content', message: `${name}: the statement has no digest of it` })
    } else if (digest !== (await sha256(text))) {
      problems.push({ code: 'digest_mismatch', message: `${name}: it is not what was signed` })
    }
  }
  for (const name of signed.keys()) {
    problems.push({ code: 'missing_subject', message: `${name}: the statement has it, the run does not` })
  }
  return problems
}

function checkTree({ subject }: EvidenceStatement, { headTree }: EvidenceClaims): EvidenceProblem[] {
  if (headTree === undefined) return []
  const signed = subject.find(({ name }) => name === TREE_SUBJECT)?.digest['gitTree'] ?? null
  if (signed === headTree) return []
  return [{ code: 'digest_mismatch', message: `${TREE_SUBJECT}: the run ended with another one than was signed` }]
}

async function sha256(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function isSubject(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isRecord(item) && isRecord(item['digest']))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
