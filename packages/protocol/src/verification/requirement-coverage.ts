import { z } from 'zod'

/** One requirement of the spec and the tests that speak for it. */
export const requirementCoverage = z.object({
  requirement: z.string().describe('REQ-001, …'),
  text: z.string(),
  /** `passed`: every test of it passed; `failed`: one failed or did not run; `untested`: none names it. */
  status: z.enum(['passed', 'failed', 'untested']),
  tests: z.array(z.object({ id: z.string(), name: z.string(), status: z.enum(['passed', 'failed', 'skipped']) })),
})
export type RequirementCoverage = z.infer<typeof requirementCoverage>
