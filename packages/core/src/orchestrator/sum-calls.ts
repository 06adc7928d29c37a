import { NO_USAGE, type Usage } from '@codex/protocol'
import type { ModelReply } from '../models/index.ts'
import type { CallRow } from '../store/record-run.ts'
import { type ActiveRun, addCost, addUsage } from './active-run.ts'

/** What recorded model calls used; the cost is null as soon as the price of one is unknown. */
export function sumCalls(
  run: Pick<ActiveRun, 'ledger'>,
  isCounted: (call: CallRow) => boolean,
): { usage: Usage; costUsd: number | null } {
  let usage = NO_USAGE
  let costUsd: number | null = 0
  for (const call of run.ledger.values()) {
    if (call.kind !== 'model' || !isCounted(call)) continue
    const reply = call.result as ModelReply // recorded from a model call
    usage = addUsage(usage, reply.usage)
    costUsd = addCost(costUsd, reply.costUsd)
  }
  return { usage, costUsd }
}

/** What a step's recorded model calls used, over all of its attempts. */
export function sumOfStep(run: Pick<ActiveRun, 'ledger'>, stepId: string): ReturnType<typeof sumCalls> {
  return sumCalls(run, (call) => call.stepId === stepId)
}
