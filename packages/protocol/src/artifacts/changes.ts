import { z } from 'zod'

export const fileEdit = z.object({
  path: z.string(),
  operation: z.enum(['create', 'update', 'delete', 'rename']),
  from: z.string().optional(),
  /** Whole content of a created file. */
  content: z.string().optional(),
  /** Unified diff of an updated, deleted or renamed file. */
  diff: z.string().optional(),
  language: z.string(),
  additions: z.number().int().nonnegative(),
  deletions: z.number().int().nonnegative(),
  reason: z.string(),
  requirements: z.array(z.string()),
})

/** What the run changed, read from the worktree's diff and not from what the agent said. */
export const changesArtifact = z.object({
  schemaVersion: z.literal(1),
  summary: z.string(),
  edits: z.array(fileEdit),
  dependencies: z.array(
    z.object({ name: z.string(), version: z.string(), kind: z.enum(['runtime', 'development']), reason: z.string() }),
  ),
  run: z.object({ install: z.string(), start: z.string(), test: z.string() }).partial(),
  warnings: z.array(z.string()),
  commit: z.string(),
  tree: z.string(),
})
export type ChangesArtifact = z.infer<typeof changesArtifact>
