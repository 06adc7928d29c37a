import { z } from 'zod'
import { finding } from '../artifacts/finding.ts'

/**
 * What is checked so that green means something.
 * `base_tests`: tests that were there before still run and pass; `test_changes`: none was deleted, skipped or weakened;
 * `new_tests`: new tests fail without the change; `mutation`: seeded faults on changed lines are noticed;
 * `test_edits_by_fix`: the fixing agent gave a reason for each test file that it touched.
 */
export const INTEGRITY_CHECKS = ['base_tests', 'test_changes', 'new_tests', 'mutation', 'test_edits_by_fix'] as const

export const integrityCheck = z.object({
  name: z.enum(INTEGRITY_CHECKS),
  /** `skipped`: there was nothing to check; `not_run`: there was, and it could not be done (budget, broken base). */
  status: z.enum(['passed', 'failed', 'skipped', 'not_run']),
  message: z.string(),
})
export type IntegrityCheck = z.infer<typeof integrityCheck>

/** One seeded fault. */
export const mutant = z.object({
  path: z.string(),
  line: z.number().int().positive(),
  operator: z.string().describe('Kind of fault, such as "negate-condition"'),
  original: z.string(),
  replacement: z.string(),
  status: z.enum(['killed', 'survived', 'timed_out', 'invalid']),
})
export type Mutant = z.infer<typeof mutant>

/** The tests against a few seeded faults on changed lines. */
export const mutationReport = z.object({
  /** Faults that could have been seeded. */
  candidates: z.number().int().nonnegative(),
  killed: z.number().int().nonnegative(),
  survived: z.number().int().nonnegative(),
  mutants: z.array(mutant),
})
export type MutationReport = z.infer<typeof mutationReport>

export const integrityReport = z.object({
  checks: z.array(integrityCheck),
  findings: z.array(finding),
  mutation: mutationReport.nullable(),
})
export type IntegrityReport = z.infer<typeof integrityReport>
