import { z } from 'zod'

export const diagnosisContent = z.object({
  summary: z.string(),
  rootCauses: z.array(
    z.object({
      hypothesis: z.string(),
      confidence: z.number().min(0).max(1),
      evidence: z.array(
        z.object({ path: z.string().nullable(), line: z.number().int().positive().nullable(), log: z.string() }),
      ),
    }),
  ),
  patchSuggestions: z.array(
    z.object({ path: z.string(), diff: z.string(), explanation: z.string(), risk: z.enum(['low', 'medium', 'high']) }),
  ),
  monitoringRecommendations: z.array(z.string()),
})
export type DiagnosisContent = z.infer<typeof diagnosisContent>

/** Why something fails, with evidence by file, line and log. */
export const diagnosisArtifact = z.object({
  schemaVersion: z.literal(1),
  ...diagnosisContent.shape,
  reproduced: z.object({ command: z.string(), exitCode: z.number().int().nullable() }).optional(),
})
export type DiagnosisArtifact = z.infer<typeof diagnosisArtifact>
