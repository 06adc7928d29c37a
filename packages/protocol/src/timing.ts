import { z } from 'zod'

/** Longest time that a run can be put off, seconds: a year. */
export const MAX_DELAY_S = 31_536_000
/** Runs of a higher priority are taken from the queue first. */
export const MAX_PRIORITY = 100

export const priority = z
  .number()
  .int()
  .min(-MAX_PRIORITY)
  .max(MAX_PRIORITY)
  .describe('Higher ones are taken from the queue first, -100..100, default 0')

/** An absolute point in time, with its offset. */
const instantText = z.iso.datetime({ offset: true })

export const after = z
  .union([z.number().min(0).max(MAX_DELAY_S), instantText])
  .describe('Not begun before: seconds from now, or a time such as "2026-11-28T06:00:00Z"')

export const deadline = instantText.describe(
  'A run that has not ended by then fails with RUN_TIMEOUT; one that has not begun is not started any more',
)
