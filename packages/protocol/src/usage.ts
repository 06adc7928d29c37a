import { z } from 'zod'

/** Tokens used by model calls, summed over the calls that reported them. */
export const usage = z.object({
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  totalTokens: z.number().int().nonnegative(),
  cachedInputTokens: z.number().int().nonnegative(),
  modelCalls: z.number().int().nonnegative(),
})
export type Usage = z.infer<typeof usage>

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, cachedInputTokens: 0, modelCalls: 0 }

/** Cost in US dollars; null when the price of a model that was called is unknown (never 0 for unknown). */
export const costUsd = z.number().nonnegative().nullable()
