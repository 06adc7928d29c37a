import { createHash } from 'node:crypto'
import {
  EVIDENCE_PREDICATE_TYPE,
  type EvidenceStatement,
  type Run,
  type RunEvidence,
  SEVERITIES,
  STATEMENT_TYPE,
  subjectContents,
  TREE_SUBJECT,
} from '@codex/protocol'
import { shorten } from './shorten.ts'
import { type PlacedCommand, stateCommands } from './state-commands.ts'

const MAX_MESSAGE_CHARACTERS = 1_000

/** What a statement says of a run beyond what the run itself says. */
export interface EvidenceFacts {
  readonly prompt: string
  /** sha256 (hex) of the request as the service keeps it. */
  readonly requestDigest: string
  readonly baseTree: string | null
  readonly headTree: string | null
  /** Every command of the run, in order. */
  readonly commands: readonly PlacedCommand[]
  readonly node: string | null
  /** Of the service that signs. */
  readonly version: string
  readonly sealed: RunEvidence['sealed']
}

/**
 * Puts together what is signed about a run.
 * @param run as transports answer it, parsed by its schema: digests are of what callers get
 */
export function buildStatement(run: Run, facts: EvidenceFacts): EvidenceStatement {
  const contents = subjectContents(run.result).map(({ name, text }) => ({ name, digest: { sha256: sha256(text) } }))
  const tree = facts.headTree === null ? [] : [{ name: TREE_SUBJECT, digest: { gitTree: facts.headTree } }]
  return {
    _type: STATEMENT_TYPE,
    subject: [...tree, ...contents],
    predicateType: EVIDENCE_PREDICATE_TYPE,
    predicate: describeRun(run, facts),
  }
}

function describeRun({ requestId, status, result, metadata, error }: Run, facts: EvidenceFacts): RunEvidence {
  const { commands, omitted } = stateCommands(facts.commands)
  return {
    requestId,
    status: status as RunEvidence['status'], // nobody asks for a statement of a run that goes on
    success: metadata.success,
    verified: metadata.verified,
    error: error === undefined ? null : { ...error, message: shorten(error.message, MAX_MESSAGE_CHARACTERS) },
    request: {
      prompt: { sha256: sha256(facts.prompt) },
      whole: { sha256: facts.requestDigest },
      agentSequence: metadata.agentSequence,
      workflow: metadata.workflow,
    },
    baseTree: facts.baseTree,
    headTree: facts.headTree,
    ...describeVerification(result.verification),
    steps: result.steps.map(({ id, agent, status, attempts, model }) => ({ id, agent, status, attempts, model })),
    commands,
    commandsOmitted: omitted,
    sandbox: {
      drivers: [...new Set(facts.commands.map(({ command }) => command.sandbox))].sort(),
      unsandboxed: facts.commands.some(({ command }) => !command.isolated),
    },
    startedAt: metadata.startTime.toISOString(),
    endedAt: metadata.endTime?.toISOString() ?? null,
    node: facts.node,
    signer: { version: facts.version },
    sealed: facts.sealed,
  }
}

type VerificationFacts = Pick<
  RunEvidence,
  'verdict' | 'reasons' | 'gates' | 'tests' | 'coverage' | 'integrity' | 'requirements' | 'findings'
>

function describeVerification(verification: Run['result']['verification']): VerificationFacts {
  const { tests = null, coverage = null, integrity = null } = verification ?? {}
  return {
    verdict: verification?.verdict ?? 'not_run',
    reasons: shortened(verification?.reasons ?? []),
    gates: shortened(verification?.gates ?? []),
    tests: tests && withoutKey(tests, 'cases'),
    coverage: coverage && withoutKey(coverage, 'files'),
    integrity: integrity && {
      checks: shortened(integrity.checks),
      findings: integrity.findings.length,
      mutation: integrity.mutation && withoutKey(integrity.mutation, 'mutants'),
    },
    requirements: (verification?.requirements ?? []).map(({ requirement, status, tests }) => ({
      requirement,
      status,
      tests: tests.length,
    })),
    findings: countFindings(verification?.findings ?? []),
  }
}

function countFindings(findings: readonly { readonly severity: string }[]): RunEvidence['findings'] {
  const counts = SEVERITIES.map((severity) => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ])
  return Object.fromEntries(counts) as RunEvidence['findings'] // one of each severity
}

function shortened<T extends { readonly message: string }>(items: readonly T[]): T[] {
  return items.map((item) => ({ ...item, message: shorten(item.message, MAX_MESSAGE_CHARACTERS) }))
}

function withoutKey<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value
  return rest
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
