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

/** One command that the verifier ran, with everything needed to repeat it. */
export const commandEvidence = z.object({
  purpose: z.enum(['install', 'test', 'agent', 'custom']),
  argv: z.array(z.string()),
  cwd: z.string(),
  envNames: z.array(z.string()),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  limit: z.string().nullable(),
  durationMs: z.number().nonnegative(),
  outputDigest: z.string(),
  outputTail: z.string(),
  sandbox: z.string(),
  isolated: z.boolean(),
  network: z.array(z.string()),
  deniedHosts: z.array(z.string()),
})
export type CommandEvidence = z.infer<typeof commandEvidence>

export const VERDICTS = ['passed', 'failed', 'partial', 'not_run'] as const

/** The verifier's word on a tree. */
export const verification = z.object({
  verdict: z.enum(VERDICTS),
  /** Why the verdict is not `passed`; empty when it is. */
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  commands: z.array(commandEvidence),
  tests: testExecution.nullable(),
  coverage: coverageReport.nullable(),
  baseTree: z.string(),
  headTree: z.string(),
})
export type Verification = z.infer<typeof verification>
