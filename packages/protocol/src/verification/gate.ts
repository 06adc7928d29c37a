import { z } from 'zod'

/** What a run has to pass before it may call itself a success. */
export const GATES = ['tests', 'coverage', 'integrity', 'mutants', 'commands', 'findings'] as const

export const gate = z.object({
  name: z.enum(GATES),
  /** Null: it could not be decided. */
  passed: z.boolean().nullable(),
  /** What was asked and what was seen, as one sentence. */
  message: z.string(),
})
export type Gate = z.infer<typeof gate>
