import { CodexError } from '@codex/protocol'
import type { CallPlace, Settled } from '../budget/budget-gate.ts'
import type { Spending } from '../budget/budget-limit.ts'
import type { ModelReply, ModelRequest, ModelService } from '../models/index.ts'
import type { ActiveRun } from './active-run.ts'
import { spendingOf } from './spending.ts'
import { throwIfSuperseded } from './step-journal.ts'

/**
 * Makes one model call once there is room for it under every limit.
 * @returns the reply, and what is to be recorded together with it
 * @throws RunPause when a limit is used up; RunInterruption when the lease is lost before a try; as the model service
 */
export async function callWithinBudget(
  run: Pick<ActiveRun, 'budget' | 'isLeased' | 'warn' | 'record'>,
  models: Pick<ModelService, 'call' | 'bound'>,
  {
    request,
    place,
    signal,
  }: { readonly request: ModelRequest; readonly place: CallPlace; readonly signal: AbortSignal },
): Promise<{ reply: ModelReply; settled: Settled }> {
  const { budget } = run
  const bound = (): Spending => {
    const { usd, tokens } = models.bound(request)
    return { usd: usd ?? 0, tokens }
  }
  const reservation = await budget.reserve(place, bound, signal)
  try {
    const reply = await models.call(request, { signal, checkMayGoOn: () => throwIfSuperseded(run) })
    if (reply.costUsd === null && budget.limitsUsd) {
      run.warn(`the price of ${reply.modelId} is unknown: limits in dollars do not count its calls`, place.stepId)
    }
    return { reply, settled: reservation.settle(spendingOf(reply)) }
  } catch (error) {
    const paid = paidFor(error)
    // the place may be reserved for another node by now; whoever claims a run drops what is left of older claims
    if (paid === null && run.isLeased()) await reservation.release()
    // a refusal is paid for as well, and leaves nothing in the ledger
    else if (paid !== null) run.record(reservation.settle(paid))
    throw error
  }
}

function paidFor(error: unknown): Spending | null {
  if (!CodexError.isInstance(error) || error.code !== 'MODEL_REFUSED') return null
  const { usage, costUsd } = (error.data ?? {}) as Partial<Pick<ModelReply, 'usage' | 'costUsd'>> // as the model service documents
  return usage === undefined ? null : spendingOf({ usage, costUsd: costUsd ?? null })
}
