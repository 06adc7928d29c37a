import { z } from 'zod'

/** What the Code agent says when it finishes; reasons are taken from it, facts are read from the worktree. */
export const codeReport = z.object({
  summary: z.string().min(1).describe('What was changed and why, in a few sentences'),
  files: z
    .array(
      z.object({
        path: z.string(),
        reason: z.string().default('').describe('Why this file was changed, in one sentence'),
        requirements: z.array(z.string()).default([]).describe('Ids of the requirements that the file serves'),
      }),
    )
    .default([])
    .describe('Every file that was changed'),
  dependencies: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().default(''),
        kind: z.enum(['runtime', 'development']).default('runtime'),
        reason: z.string().default(''),
      }),
    )
    .default([])
    .describe('Dependencies that were added to a manifest'),
  run: z
    .object({ install: z.string().nullish(), start: z.string().nullish(), test: z.string().nullish() })
    .default({})
    .describe('Commands that a person types to install, start and test the project'),
  warnings: z.array(z.string()).default([]).describe('What is missing, doubtful or left to the user'),
})
export type CodeReport = z.infer<typeof codeReport>
