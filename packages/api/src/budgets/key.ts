import { keyBudget } from '@codex/protocol'
import { principalId } from '../context.ts'
import { procedure } from '../trpc.ts'

/** What the caller's API key may use, and what it used. */
export const getKeyBudget = procedure
  .output(keyBudget)
  .query(({ ctx }) => ctx.orchestrator.keyBudget(principalId(ctx.principal)))
