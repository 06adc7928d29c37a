import { z } from 'zod'

export const testCaseResult = z.object({
  /** Stable within a project: file, then the names of the suites, then the name of the test. */
  id: z.string(),
  name: z.string(),
  file: z.string().nullable(),
  status: z.enum(['passed', 'failed', 'skipped']),
  durationMs: z.number().nonnegative(),
  failure: z.string().nullable(),
})
export type TestCaseResult = z.infer<typeof testCaseResult>

/** What executing the tests showed. */
export const testExecution = z.object({
  framework: z.string(),
  command: z.string(),
  exitCode: z.number().int().nullable(),
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  cases: z.array(testCaseResult),
})
export type TestExecution = z.infer<typeof testExecution>

/** Percentages 0..100 as the coverage tool measured them. */
export const coverageReport = z.object({
  lines: z.number().min(0).max(100),
  branches: z.number().min(0).max(100).nullable(),
  functions: z.number().min(0).max(100).nullable(),
  statements: z.number().min(0).max(100).nullable(),
  files: z.array(
    z.object({
      path: z.string(),
      lines: z.number().min(0).max(100),
      branches: z.number().min(0).max(100).nullable(),
      uncoveredLines: z.array(z.number().int().positive()),
    }),
  ),
  goal: z
    .object({ lines: z.number(), branches: z.number(), functions: z.number(), statements: z.number() })
    .partial()
    .nullable(),
  met: z.boolean().nullable(),
})
export type CoverageReport = z.infer<typeof coverageReport>
