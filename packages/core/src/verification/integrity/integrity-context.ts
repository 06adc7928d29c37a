import { CodexError, type CoverageReport, type IntegrityCheck, type IntegrityReport } from '@codex/protocol'
import type { FileEdit } from '../../workspace/workspace.ts'
import type { TestBench, TestRunOutcome } from '../test-bench.ts'
import type { VerifyRequest } from '../verifier.ts'
import type { IntegrityFinding } from './integrity-finding.ts'
import type { TreeView } from './tree-view.ts'

export interface IntegrityContext {
  /** Set up on the head tree; the worktree equals the head tree before and after. */
  readonly bench: TestBench
  readonly request: Pick<
    VerifyRequest,
    'workspace' | 'baseTree' | 'headTree' | 'earlierTrees' | 'testEditsByFix' | 'mutants' | 'signal'
  >
  /** What executing the tests of the head tree gave. */
  readonly head: TestRunOutcome
  readonly coverage: CoverageReport | null
}

/** The context with what several checks look at. */
export interface CheckContext extends IntegrityContext {
  readonly baseView: TreeView
  readonly headView: TreeView
  /** From the base tree to the head tree. */
  readonly edits: readonly FileEdit[]
  readonly isExecuted: (path: string) => boolean
}

/** What one check came to. */
export interface CheckOutcome {
  readonly check: IntegrityCheck
  readonly findings: readonly IntegrityFinding[]
}

export function outcomeOf(
  name: IntegrityCheck['name'],
  status: IntegrityCheck['status'],
  message: string,
  findings: readonly IntegrityFinding[] = [],
): CheckOutcome {
  return { check: { name, status, message }, findings }
}

/** @throws CodexError CANCELLED when the verification was */
export function assertNotCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new CodexError('CANCELLED', 'The verification was cancelled.')
}

/** Puts the outcomes of checks together and numbers their findings. */
export function integrityReport(
  outcomes: readonly CheckOutcome[],
  mutation: IntegrityReport['mutation'],
): IntegrityReport {
  const findings = outcomes.flatMap((outcome) => outcome.findings)
  return {
    checks: outcomes.map(({ check }) => check),
    findings: findings.map((finding, index) => ({ id: `INT-${String(index + 1).padStart(3, '0')}`, ...finding })),
    mutation,
  }
}
