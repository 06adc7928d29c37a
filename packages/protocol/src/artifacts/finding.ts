import { z } from 'zod'

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const
export const severity = z.enum(SEVERITIES)
export type Severity = z.infer<typeof severity>

export const finding = z.object({
  id: z.string(),
  severity,
  category: z.string().describe('security, correctness, performance, maintainability, tests, …'),
  path: z.string(),
  line: z.number().int().positive(),
  endLine: z.number().int().positive().optional(),
  message: z.string(),
  suggestion: z.string().optional(),
  source: z.string().describe('"model", or the name of the analyzer or check that found it'),
  /** Everyone else who found the same at the same place. */
  alsoFoundBy: z.array(z.string()).optional(),
  rule: z.string().optional(),
})
export type Finding = z.infer<typeof finding>
