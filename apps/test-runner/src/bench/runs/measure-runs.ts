import type { Pool } from '@codex/core/testing/database'
import { quantile } from '../quantile.ts'
import { type DatabaseCounters, readCounters } from './database-counters.ts'
import { type Driven, drive } from './drive.ts'
import { type ProcessUsage, readUsage } from './process-usage.ts'
import type { FastModel } from './start-fast-model.ts'

/** How much is done of everything. */
export interface Amounts {
  readonly warmUp: number
  /** One after the other. */
  readonly alone: number
  /** 50 at the same time, and 200 at the same time. */
  readonly together: number
}

export const CONCURRENCY = { together: 50, waiting: 200 } as const
export const MODEL_LATENCY_MS = 200
/** No part of a measurement takes much longer. */
const PART_LIMIT_MS = 30_000

/** What one subject was measured at. */
export interface Measured {
  readonly name: string
  /** One run at a time, milliseconds. */
  readonly aloneMs: { readonly p50: number; readonly p95: number; readonly p99: number }
  /** Runs a second, 50 at the same time, with a model that answers at once. */
  readonly perSecondAt50: number
  readonly p50MsAt50: number
  /** Runs a second, 200 at the same time, with a model that takes 200 ms. */
  readonly perSecondAt200: number
  /** Of one run among 50, everything that the database and the processes did in that time included. */
  readonly perRun: {
    /** Transactions that wrote. */
    readonly commits: number
    readonly transactions: number
    readonly walBytes: number
    readonly walSyncs: number
    readonly tableBytes: number
    readonly subjectCpuMs: number
    readonly databaseCpuMs: number
  }
}

export interface Subject {
  readonly name: string
  run(): Promise<void>
  /** CPU time of what executes the runs, milliseconds; without the database. */
  cpuMs(): Promise<number>
}

export interface MeasuringTools {
  readonly model: FastModel
  readonly pool: Pool
  readonly postmasterPid: number
  readonly progress: (text: string) => void
}

/** Measures one subject: alone, with 50 at a time, and with 200 at a time on a slow model. */
export async function measureRuns(subject: Subject, amounts: Amounts, tools: MeasuringTools): Promise<Measured> {
  const { model, progress } = tools
  const run = () => subject.run()
  await model.setLatency(0)
  progress(`${subject.name}: warming up`)
  await drive(run, { count: amounts.warmUp, concurrency: 10, limitMs: PART_LIMIT_MS })
  progress(`${subject.name}: one at a time`)
  const alone = await drive(run, { count: amounts.alone, concurrency: 1, limitMs: PART_LIMIT_MS })
  progress(`${subject.name}: ${CONCURRENCY.together} at a time`)
  const before = await takeTotals(subject, tools)
  const together = await drive(run, {
    count: amounts.together,
    concurrency: CONCURRENCY.together,
    limitMs: PART_LIMIT_MS,
  })
  const after = await takeTotals(subject, tools)
  progress(`${subject.name}: ${CONCURRENCY.waiting} at a time, ${MODEL_LATENCY_MS} ms a call`)
  await model.setLatency(MODEL_LATENCY_MS)
  const waiting = await drive(run, {
    count: amounts.together,
    concurrency: CONCURRENCY.waiting,
    limitMs: PART_LIMIT_MS,
  })
  await model.setLatency(0)
  const at = (share: number) => quantile(alone.latenciesMs, share)
  return {
    name: subject.name,
    aloneMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    perSecondAt50: perSecond(together),
    p50MsAt50: quantile(together.latenciesMs, 0.5),
    perSecondAt200: perSecond(waiting),
    perRun: perRun(before, after, together.count),
  }
}

interface Totals {
  readonly counters: DatabaseCounters
  readonly cpuMs: number
  readonly database: ProcessUsage
}

async function takeTotals(subject: Subject, { pool, postmasterPid }: MeasuringTools): Promise<Totals> {
  const counters = await readCounters(pool)
  const [cpuMs, database] = await Promise.all([subject.cpuMs(), readUsage(postmasterPid)])
  return { counters, cpuMs, database }
}

/** Shares what was counted between two looks among the runs. */
export function perRun(before: Totals, after: Totals, runs: number): Measured['perRun'] {
  const share = (pick: (totals: Totals) => number) => (pick(after) - pick(before)) / runs
  return {
    commits: share(({ counters }) => counters.commits),
    transactions: share(({ counters }) => counters.transactions),
    walBytes: share(({ counters }) => counters.walBytes),
    walSyncs: share(({ counters }) => counters.walSyncs),
    tableBytes: share(({ counters }) => counters.tableBytes),
    subjectCpuMs: share(({ cpuMs }) => cpuMs),
    databaseCpuMs: share(({ database }) => database.cpuMs),
  }
}

/** Without the beginning and the end, where not all places are taken, it would be a little more. */
export function perSecond({ count, wallMs }: Pick<Driven, 'count' | 'wallMs'>): number {
  return (count / wallMs) * 1_000
}
