import { z } from 'zod'

/** What the TestGenerator says when it finishes; cases are checked against the files. */
export const testReport = z.object({
  summary: z.string().min(1).describe('What is tested and what is not, in a few sentences'),
  framework: z.string().default('').describe('The test framework, such as node:test, vitest or jest'),
  cases: z
    .array(
      z.object({
        id: z.string().default(''),
        name: z.string().min(1).describe('Name of the test exactly as in the file'),
        kind: z.enum(['unit', 'integration', 'e2e']).default('unit'),
        requirement: z.string().nullish().describe('Id of the requirement that it covers'),
        path: z.string().describe('File that holds the test'),
      }),
    )
    .default([])
    .describe('Every test that was written'),
})
export type TestReport = z.infer<typeof testReport>
