import { z } from 'zod'
import { coverageReport, testExecution } from '../verification/test-execution.ts'

/** Tests of the run and what happened when they were executed; `execution` is null where they were not. */
export const testsArtifact = z.object({
  schemaVersion: z.literal(1),
  framework: z.string(),
  files: z.array(z.object({ path: z.string(), kind: z.enum(['unit', 'integration', 'e2e']), content: z.string() })),
  cases: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(['unit', 'integration', 'e2e']),
      requirement: z.string().nullable(),
    }),
  ),
  execution: testExecution.nullable(),
  coverage: coverageReport.nullable(),
})
export type TestsArtifact = z.infer<typeof testsArtifact>
