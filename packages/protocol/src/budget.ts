import { z } from 'zod'

/** Limits of what may be used; absent ones are not limited. */
export const budgetLimits = z
  .strictObject({
    maxUsd: z.number().positive().max(1_000_000).describe('US dollars; models of unknown price count tokens only'),
    maxTokens: z.number().int().positive().describe('Input and output tokens of all model calls'),
    maxDurationS: z
      .number()
      .positive()
      .max(604_800)
      .describe('Seconds of execution; queueing and waiting do not count'),
  })
  .partial()
export type BudgetLimits = z.infer<typeof budgetLimits>

/** Whose limit it is: the run's own, its session's, or that of the API key that asked for it. */
export const budgetScope = z.enum(['run', 'session', 'key'])
export type BudgetScope = z.infer<typeof budgetScope>

export const budgetKind = z.enum(['usd', 'tokens', 'duration'])
export type BudgetKind = z.infer<typeof budgetKind>

/** How far one limit is used up; dollars, tokens or seconds by its kind. */
export const budgetMark = z.object({
  scope: budgetScope,
  kind: budgetKind,
  used: z.number().nonnegative(),
  limit: z.number().nonnegative(),
})
export type BudgetMark = z.infer<typeof budgetMark>

export const budgetUse = z.object({
  usd: z.number().nonnegative().describe('Of calls whose price is known'),
  tokens: z.number().nonnegative(),
  durationS: z.number().nonnegative(),
})
export type BudgetUse = z.infer<typeof budgetUse>

/** Limits, and what was used under them. */
export const budgetStatus = z.object({ limits: budgetLimits, used: budgetUse })
export type BudgetStatus = z.infer<typeof budgetStatus>

/** The budget of the API key that asks. */
export const keyBudget = z.object({
  key: z.string().nullable().describe('Fingerprint of the API key; null on a server without keys'),
  budget: budgetStatus.nullable().describe('Null when keys have no budget here'),
  period: z.enum(['day', 'month', 'total']).nullable().describe('After which time the use begins anew, in UTC'),
  periodEndsAt: z.date().nullable(),
})
export type KeyBudget = z.infer<typeof keyBudget>
