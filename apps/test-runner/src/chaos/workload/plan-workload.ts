import type { OrchestrateInput } from '@codex/sdk'
import type { Script } from '../../model/scripted-model.ts'
import { markOf } from '../model/chaos-model.ts'
import type { Random } from '../random.ts'
import { RUN_KINDS, type RunKind } from './run-kinds.ts'

/** A run that will be asked for. */
export interface PlannedRun {
  /** Name within this chaos; also the idempotency key. */
  readonly key: string
  readonly kind: string
  readonly input: OrchestrateInput
  readonly script: Script
  readonly linesOnce: readonly string[]
  readonly resumeWith: RunKind['resumeWith']
  /** Asked to be cancelled so long after it was accepted; null: never. */
  readonly cancelAfterMs: number | null
  readonly transport: 'sdk' | 'rest'
}

const CANCELLED_SHARE = 0.06
const MAX_CANCEL_DELAY_MS = 2_500

/** Chooses the runs: every kind at least once, then by weight. */
export function planWorkload(count: number, seed: number, random: Random): readonly PlannedRun[] {
  const weighted = RUN_KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  return Array.from({ length: count }, (_, index): PlannedRun => {
    const run = planRun(`${seed}-${index + 1}`, RUN_KINDS[index] ?? random.pick(weighted), random)
    const isCancelled = index >= RUN_KINDS.length && random.next() < CANCELLED_SHARE
    return isCancelled ? { ...run, cancelAfterMs: random.between(0, MAX_CANCEL_DELAY_MS) } : run
  })
}

/** One run of a kind, which nobody cancels. */
export function planRun(key: string, kind: RunKind, random: Random): PlannedRun {
  return {
    key,
    kind: kind.name,
    input: { prompt: `${markOf(key)} Build a calculator`, metadata: { chaos: key }, ...kind.input },
    script: kind.makeScript(),
    linesOnce: kind.linesOnce,
    resumeWith: kind.resumeWith,
    cancelAfterMs: null,
    transport: random.next() < 0.5 ? 'sdk' : 'rest',
  }
}
