import { severity } from '@codex/protocol'
import { z } from 'zod'

/** One finding as the model gives it; ids, source and score are ours. */
const reviewFinding = z.object({
  severity,
  category: z.string().min(1).describe('One word: security, correctness, performance, reliability, maintainability, …'),
  path: z.string().min(1),
  line: z.number().int().positive().describe('The number printed before the line'),
  endLine: z.number().int().positive().nullish(),
  message: z.string().min(1),
  suggestion: z.string().nullish(),
  rule: z.string().nullish().describe('A known identifier such as CWE-89'),
})
export type ReviewFinding = z.infer<typeof reviewFinding>

export const reviewOutput = z.object({
  summary: z.string(),
  findings: z.array(reviewFinding).default([]),
  dismissals: z
    .array(
      z.object({
        id: z.string().describe('Id of a finding in `analysis.findings`, such as A-003'),
        reason: z.string().describe('Why it does not hold here'),
      }),
    )
    .default([])
    .describe('Findings of the analyzers that are wrong; never those of high or critical'),
  recommendations: z.array(z.string()).default([]),
})
