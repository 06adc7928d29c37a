import { z } from 'zod'
import { severity } from '../artifacts/finding.ts'
import { runError, runStatus, runStep } from '../run.ts'
import { commandEvidence } from '../verification/command-evidence.ts'
import { gate } from '../verification/gate.ts'
import { integrityCheck, mutationReport } from '../verification/integrity.ts'
import { requirementCoverage } from '../verification/requirement-coverage.ts'
import { coverageReport, testExecution } from '../verification/test-execution.ts'
import { verification } from '../verification/verification.ts'
import { EVIDENCE_PREDICATE_TYPE, STATEMENT_TYPE } from './statement-types.ts'

const count = z.number().int().nonnegative()
const sha256 = z.object({ sha256: z.string() })

/** A command with the place in the run where it was executed. Texts are cut; digests are of the whole. */
export const statedCommand = z.object({
  stepId: z.string().describe('"verify" for the verifier\'s own'),
  attempt: z.number().int().positive().describe('Attempt of the step, or round of the verification'),
  ...commandEvidence.shape,
})
export type StatedCommand = z.infer<typeof statedCommand>

/** What is stated of a run. What is longer than a line or two stands here as totals, and whole under a subject. */
export const runEvidence = z.object({
  requestId: z.uuid(),
  status: runStatus.extract(['completed', 'failed', 'cancelled']),
  success: z.boolean(),
  verified: z.boolean(),
  error: runError.nullable(),
  request: z.object({
    prompt: sha256.describe('Of the prompt in UTF-8'),
    whole: sha256.describe('Of the request as the service keeps it'),
    agentSequence: z.array(z.string()),
    workflow: z.string().nullable(),
  }),
  baseTree: z.string().nullable(),
  headTree: z.string().nullable(),
  verdict: verification.shape.verdict,
  reasons: verification.shape.reasons,
  gates: z.array(gate),
  tests: testExecution.omit({ cases: true }).nullable(),
  coverage: coverageReport.omit({ files: true }).nullable(),
  integrity: z
    .object({
      checks: z.array(integrityCheck),
      findings: count,
      mutation: mutationReport.omit({ mutants: true }).nullable(),
    })
    .nullable(),
  requirements: z.array(requirementCoverage.pick({ requirement: true, status: true }).extend({ tests: count })),
  findings: z.record(severity, count).describe('How many findings of each severity'),
  steps: z.array(runStep.pick({ id: true, agent: true, status: true, attempts: true, model: true })),
  commands: z.array(statedCommand),
  commandsOmitted: count.describe("The run's first commands beyond the most that a statement names"),
  sandbox: z.object({
    drivers: z.array(z.string()),
    unsandboxed: z.boolean().describe('True when a command ran without isolation'),
  }),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  node: z.string().nullable().describe('Process that executed the run'),
  signer: z.object({ version: z.string().describe('Version of the service that signed') }),
  sealed: z
    .enum(['at_end', 'on_request'])
    .describe('at_end: with the write that ended the run; on_request: later, out of what was stored'),
})
export type RunEvidence = z.infer<typeof runEvidence>

/**
 * The signed statement about a run.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export const evidenceStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.record(z.string(), z.string()) })),
  predicateType: z.literal(EVIDENCE_PREDICATE_TYPE),
  predicate: runEvidence,
})
export type EvidenceStatement = z.infer<typeof evidenceStatement>
