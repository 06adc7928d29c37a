import type {
  EventData,
  EventType,
  RunError,
  RunStatus,
  RunWaiting,
  StepStatus,
  Usage,
  Verification,
} from '@codex/protocol'
import type { Pool } from 'pg'
import type { EvidenceRow } from './evidence.ts'
import { toJsonText } from './json-text.ts'
import { RECORD_PARTS, type RecordPart, recordStatement } from './record-statement.ts'
import { changesOf } from './run-changes.ts'
import type { StorageMeter } from './storage-meter.ts'
import { isTold, tellDeliveries } from './webhook-deliveries.ts'

/** An event before it has its number. */
export type NewEvent = {
  [T in EventType]: { type: T; data: EventData<T>; stepId?: string; attempt?: number }
}[EventType]

/** The whole row of a step; writes replace it. */
export interface StepRow {
  readonly id: string
  readonly position: number
  readonly agent: string
  readonly status: StepStatus
  readonly attempts: number
  readonly model: string | null
  readonly modelReason: string | null
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly inputTree: string | null
  readonly outputTree: string | null
  readonly usage: Usage
  readonly costUsd: number | null
  /** Kind -> digest. */
  readonly artifacts: Readonly<Record<string, string>>
  readonly error: RunError | null
}

/** One finished piece of work of the ledger. */
export interface CallRow {
  readonly stepId: string
  readonly attempt: number
  readonly n: number
  readonly kind: string
  readonly requestDigest: string
  readonly result: unknown
}

export interface ArtifactRow {
  readonly digest: string
  readonly kind: string
  readonly content: unknown
}

/** Columns of a run that change while it runs; absent ones stay. */
export interface RunPatch {
  readonly status?: RunStatus
  readonly endedAt?: Date
  readonly success?: boolean
  readonly verified?: boolean
  readonly baseTree?: string
  readonly headTree?: string
  readonly patch?: string
  readonly verification?: Verification
  readonly warnings?: readonly string[]
  readonly error?: RunError
  readonly cancelReason?: string
  readonly waiting?: RunWaiting | null
  /** What the run made, in words, for the search. */
  readonly summary?: string
}

/** Objects that make a tree complete where another one is there already. */
export interface PackRow {
  readonly tree: string
  readonly baseTree: string
  /** Order within the run. */
  readonly n: number
  readonly content: Buffer
}

/** Where a limit that several runs share is accounted. */
export interface BudgetAccount {
  readonly scope: 'session' | 'key'
  readonly id: string
  readonly period: string
}

/** What a finished call cost in the end; its reservation goes. */
export interface SettlementRow {
  readonly stepId: string
  readonly attempt: number
  readonly n: number
  readonly accounts: readonly BudgetAccount[]
  /** 0 where the price is unknown. */
  readonly usd: number
  readonly tokens: number
  /** Time of execution, in milliseconds; absent for calls. */
  readonly activeMs?: number
}

export interface RunWrite {
  readonly runId: string
  /** The writer's epoch; null for writers that don't own the run (a cancel request). */
  readonly epoch: number | null
  readonly run?: RunPatch
  readonly steps?: readonly StepRow[]
  readonly calls?: readonly CallRow[]
  readonly artifacts?: readonly ArtifactRow[]
  readonly packs?: readonly PackRow[]
  readonly settlements?: readonly SettlementRow[]
  /** Signed statement of a run that ends with this write. */
  readonly evidence?: EvidenceRow | null
  readonly events: readonly NewEvent[]
}

/**
 * Writes what happened in a run in one transaction, with one statement: the state, what it led to and the events that tell
 * of it.
 * @param storage counts what is written, and refuses what is too much; absent: not limited
 * @returns the run's last event number, or null when the run has ended or belongs to another node now
 * @throws CodexError STORAGE_EXCEEDED
 */
export async function recordRun(pool: Pool, write: RunWrite, storage?: StorageMeter): Promise<number | null> {
  const rows: Readonly<Record<RecordPart, unknown>> = {
    run: write.run ?? null,
    steps: presentRows(write.steps),
    calls: presentRows(write.calls),
    artifacts: presentRows(write.artifacts),
    packs: presentRows(write.packs)?.map((pack) => ({ ...pack, content: pack.content.toString('base64') })) ?? null,
    settlements: presentRows(write.settlements),
    evidence: write.evidence == null ? null : [write.evidence],
    deliveries: null,
  }
  const present = RECORD_PARTS.filter((part) => rows[part] !== null)
  const parts = new Set<RecordPart>(present)
  if (write.events.some(({ type }) => isTold(type))) parts.add('deliveries')
  const texts = present.map((part) => toJsonText(rows[part]))
  const events = toJsonText(write.events)
  const storedBytes = texts.reduce((sum, text) => sum + text.length, events.length)
  storage?.check(write, storedBytes)
  const result = await pool.query<{ last_seq: number; deliveries?: string[] | null }>({
    ...recordStatement(parts),
    values: [write.runId, write.epoch, events, storedBytes, ...texts],
  })
  const lastSeq = result.rows[0]?.last_seq ?? null
  tellDeliveries(pool, result.rows[0]?.deliveries)
  if (lastSeq !== null) storage?.add(storedBytes)
  if (lastSeq !== null) changesOf(pool).tell(write.runId, write.run?.status !== undefined)
  return lastSeq
}

function presentRows<T>(rows: readonly T[] | undefined): readonly T[] | null {
  return rows === undefined || rows.length === 0 ? null : rows
}
