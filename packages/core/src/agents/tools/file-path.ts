import { z } from 'zod'

/** A path as models give it; tools normalise it, and the workspace refuses what leaves the worktree. */
export const filePath = z
  .string()
  .min(1)
  .max(4_096)
  .describe('Path relative to the root of the repository, with / separators')
