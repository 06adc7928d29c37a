import { z } from 'zod'

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const
export const severity = z.enum(SEVERITIES)
export type Severity = z.infer<typeof severity>

export const finding = z.object({
  id: z.string(),
  severity,
  category: z.string().describe('security, correctness, performance, maintainability, …'),
  path: z.string(),
  line: z.number().int().positive(),
  endLine: z.number().int().positive().optional(),
  message: z.string(),
  suggestion: z.string().optional(),
  source: z.string().describe('"model" or the name of the analyzer'),
  rule: z.string().optional(),
})
export type Finding = z.infer<typeof finding>

/** The review of a tree: findings with file and line, and a score computed from them. */
export const reviewArtifact = z.object({
  schemaVersion: z.literal(1),
  summary: z.string(),
  score: z.number().min(0).max(100),
  verdict: z.enum(['approve', 'request_changes']),
  findings: z.array(finding),
  annotatedDiff: z.string(),
  recommendations: z.array(z.string()),
})
export type ReviewArtifact = z.infer<typeof reviewArtifact>
