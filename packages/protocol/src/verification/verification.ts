import { z } from 'zod'
import { commandEvidence } from './command-evidence.ts'
import { gate } from './gate.ts'
import { integrityReport } from './integrity.ts'
import { requirementCoverage } from './requirement-coverage.ts'
import { coverageReport, testExecution } from './test-execution.ts'

export const VERDICTS = ['passed', 'failed', 'partial', 'not_run'] as const

/** The verifier's word on a tree. */
export const verification = z.object({
  verdict: z.enum(VERDICTS),
  /** Why the verdict is not `passed`; empty when it is. */
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  /** Every gate that was asked for, each with its own reason. */
  gates: z.array(gate),
  commands: z.array(commandEvidence),
  tests: testExecution.nullable(),
  coverage: coverageReport.nullable(),
  /** Null when nothing was executed. */
  integrity: integrityReport.nullable(),
  /** Where the runner and its coverage tool came from; null for runners that come with their language. */
  packages: z
    .object({
      versions: z.record(z.string(), z.string()),
      /** The archive of an earlier installation with the same manifests; null when they were installed for this run. */
      restoredFrom: z.object({ digest: z.string(), storedAt: z.string().describe('ISO 8601') }).nullable(),
    })
    .nullable(),
  /** Empty when the run has no spec. */
  requirements: z.array(requirementCoverage),
  /** True when a command ran without isolation: the sandbox was switched off by the operator. */
  unsandboxed: z.boolean(),
  baseTree: z.string(),
  headTree: z.string(),
  reusedFrom: z.uuid().optional().describe('Run that executed it, where this one took it over'),
})
export type Verification = z.infer<typeof verification>
