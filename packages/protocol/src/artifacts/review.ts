import { z } from 'zod'
import { finding } from './finding.ts'

/** One analyzer of the objective half: whether it ran, and what came of it. */
export const analyzerOutcome = z.object({
  name: z.string(),
  /** `skipped`: nothing of its kind to look at; `not_run`: it should have looked and could not. */
  status: z.enum(['completed', 'skipped', 'not_run']),
  findings: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** Why it was skipped or not run; empty when it completed. */
  message: z.string(),
})
export type AnalyzerOutcome = z.infer<typeof analyzerOutcome>

/** A finding of an analyzer that the model argued away; never one of high or critical. */
export const dismissedFinding = z.object({ ...finding.shape, reason: z.string() })
export type DismissedFinding = z.infer<typeof dismissedFinding>

/** The review of a tree: findings with file and line, and a score computed from them. */
export const reviewArtifact = z.object({
  schemaVersion: z.literal(1),
  summary: z.string(),
  score: z.number().min(0).max(100),
  verdict: z.enum(['approve', 'request_changes']),
  findings: z.array(finding),
  dismissed: z.array(dismissedFinding).default([]),
  analyzers: z.array(analyzerOutcome).default([]),
  annotatedDiff: z.string(),
  recommendations: z.array(z.string()),
})
export type ReviewArtifact = z.infer<typeof reviewArtifact>
