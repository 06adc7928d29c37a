import type { OrchestrateInput } from '@codex/sdk'
import type { Script } from '../../model/scripted-model.ts'
import type { Random } from '../random.ts'
import { type MoreRuns, RUN_KINDS, type RunKind } from './run-kinds.ts'

/** A run that will be asked for, with those that belong to it. */
export interface PlannedRun {
  /** Name within this chaos; also the idempotency key. */
  readonly key: string
  readonly kind: string
  /** The prompt is said when it is asked for. */
  readonly input: Omit<OrchestrateInput, 'prompt'>
  readonly script: Script
  /** Lets the model answer well from now on, where it refused something. */
  readonly mend: () => void
  readonly linesOnce: readonly string[]
  readonly resumeWith: RunKind['resumeWith'] | null
  readonly more: MoreRuns | null
  /** Asked to be cancelled so long after it was accepted; null: never. */
  readonly cancelAfterMs: number | null
  readonly transport: 'sdk' | 'rest'
}

const CANCELLED_SHARE = 0.06
const MAX_CANCEL_DELAY_MS = 2_500
export const MAX_PRIORITY = 2

/** Chooses the runs: every kind at least once, then by weight. */
export function planWorkload(count: number, seed: number, hookUrl: string, random: Random): readonly PlannedRun[] {
  const weighted = RUN_KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  return Array.from({ length: count }, (_, index): PlannedRun => {
    const run = planRun(`${seed}-${index + 1}`, RUN_KINDS[index] ?? random.pick(weighted), hookUrl, random)
    const isCancelled = index >= RUN_KINDS.length && random.next() < CANCELLED_SHARE
    return isCancelled ? { ...run, cancelAfterMs: random.between(0, MAX_CANCEL_DELAY_MS) } : run
  })
}

/** One run of a kind, which nobody cancels. */
export function planRun(key: string, kind: RunKind, hookUrl: string, random: Random): PlannedRun {
  const { more = null, resumeWith = null, linesOnce = [] } = kind
  const answer = kind.makeScript()
  const brokenAgent = more?.by === 'retry' ? more.brokenAgent : null
  let isBroken = true
  return {
    key,
    kind: kind.name,
    input: {
      metadata: { chaos: key },
      priority: random.between(-MAX_PRIORITY, MAX_PRIORITY),
      ...(kind.isTold === true ? { webhook: { url: hookUrl } } : {}),
      ...kind.input,
    },
    script: (turn) => (isBroken && turn.agent === brokenAgent ? { status: 400 } : answer(turn)),
    mend: () => {
      isBroken = false
    },
    linesOnce,
    resumeWith,
    more,
    cancelAfterMs: null,
    transport: random.next() < 0.5 ? 'sdk' : 'rest',
  }
}
