import type { Pool } from '@codex/core/testing/database'
import { quantile } from '../quantile.ts'
import { drive } from '../runs/drive.ts'
import { readUsage } from '../runs/process-usage.ts'
import { type InspectedNode, lookAtNodes, type NodeLook } from './look-at-node.ts'
import { bytesOf, engineRowsOf, readStorage } from './storage.ts'

/** What was seen between two portions of runs, while nothing was going. */
export interface Sample {
  /** Runs that had ended by then. */
  readonly runs: number
  /** In the order of the nodes. */
  readonly nodes: readonly NodeLook[]
  /** Rows of DBOS's own tables. */
  readonly engineRows: number
  readonly databaseBytes: number
}

/** Running totals. */
interface Totals {
  /** Transactions that wrote. */
  readonly commits: number
  readonly walBytes: number
  /** Of all nodes. */
  readonly nodesCpuMs: number
  readonly databaseCpuMs: number
}

/** What short runs took, all portions together; the looks between them are not counted. */
export interface ShortRuns {
  readonly asked: number
  /** Fewer than asked where the time was over. */
  readonly count: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly perRun: Totals
  readonly samples: readonly Sample[]
}

/**
 * Does runs in portions, and looks at every node and the database before the first one and after each.
 * @param options.run does one
 * @param options.limitMs nothing is begun after so much time of doing, so that a slow machine does not take for ever
 */
export async function driveShortRuns(options: {
  readonly run: () => Promise<void>
  readonly amount: number
  readonly portion: number
  readonly concurrency: number
  readonly limitMs: number
  readonly nodes: readonly InspectedNode[]
  readonly postmasterPid: number
  readonly pool: Pool
  readonly progress: (text: string) => void
}): Promise<ShortRuns> {
  const { run, amount, portion, concurrency, nodes, pool, progress } = options
  const latenciesMs: number[] = []
  let wallMs = 0
  const spans: { readonly before: Totals; readonly after: Totals }[] = []
  const total = async (): Promise<Totals> => {
    const usages = await Promise.all(nodes.map(({ server }) => readUsage(server.pid ?? 0)))
    const { cpuMs: databaseCpuMs } = await readUsage(options.postmasterPid)
    const nodesCpuMs = usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
    return { ...(await readWritten(pool)), nodesCpuMs, databaseCpuMs }
  }
  const take = async (): Promise<Sample> => {
    const [looks, sizes] = [await lookAtNodes(nodes), await readStorage(pool)]
    const [engineRows, databaseBytes] = [engineRowsOf(sizes), bytesOf(sizes)]
    return { runs: latenciesMs.length, nodes: looks, engineRows, databaseBytes }
  }
  const samples = [await take()]
  while (latenciesMs.length < amount && wallMs < options.limitMs) {
    const count = Math.min(portion, amount - latenciesMs.length)
    const before = await total()
    const driven = await drive(run, { count, concurrency, limitMs: options.limitMs - wallMs })
    spans.push({ before, after: await total() })
    wallMs += driven.wallMs
    latenciesMs.push(...driven.latenciesMs)
    progress(`${latenciesMs.length} of ${amount} short runs`)
    samples.push(await take())
  }
  const count = latenciesMs.length
  const share = (figure: keyof Totals) =>
    spans.reduce((sum, { before, after }) => sum + after[figure] - before[figure], 0) / count
  return {
    asked: amount,
    count,
    perSecond: (count / wallMs) * 1_000,
    p50Ms: quantile(latenciesMs, 0.5),
    p95Ms: quantile(latenciesMs, 0.95),
    perRun: {
      commits: share('commits'),
      walBytes: share('walBytes'),
      nodesCpuMs: share('nodesCpuMs'),
      databaseCpuMs: share('databaseCpuMs'),
    },
    samples,
  }
}

// both are exact at once, unlike Postgres' statistics
const WRITTEN = `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS commits,
  pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS wal_bytes`

async function readWritten(pool: Pool): Promise<Pick<Totals, 'commits' | 'walBytes'>> {
  const { rows } = await pool.query<{ commits: number; wal_bytes: number }>(WRITTEN)
  return { commits: rows[0]?.commits ?? 0, walBytes: rows[0]?.wal_bytes ?? 0 }
}
