import { z } from 'zod'
import { RUN_STATUSES, runSummary } from './run.ts'

export const MAX_PAGE_SIZE = 200

/** Filters and place of one page of history, newest first. */
export const listRunsInput = z.strictObject({
  status: z.enum(RUN_STATUSES).optional(),
  agent: z.string().min(1).max(64).optional(),
  sessionId: z.uuid().optional(),
  workflow: z.string().min(1).max(64).optional(),
  since: z.date().optional(),
  until: z.date().optional(),
  q: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Words to find in the prompt, the labels and what the run made; "quotes" and -minus work'),
  cursor: z.string().min(1).max(500).optional().describe('What the page before gave as the next'),
  limit: z.number().int().min(1).max(MAX_PAGE_SIZE).optional().describe('1..200, default 50'),
})
export type ListRunsInput = z.infer<typeof listRunsInput>

export const runPage = z.object({ runs: z.array(runSummary), nextCursor: z.string().nullable() })
export type RunPage = z.infer<typeof runPage>
