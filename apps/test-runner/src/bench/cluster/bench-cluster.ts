import { Pool } from '@codex/core/testing/database'
import type { Scratch } from '../../server/scratch.ts'
import { type Cluster, startCluster } from '../../server/start-cluster.ts'
import { drive } from '../runs/drive.ts'
import { inspectProcess } from '../runs/inspect-process.ts'
import { parkRuns } from '../runs/park-runs.ts'
import { createRunClient } from '../runs/run-client.ts'
import { type FastModel, startFastModel } from '../runs/start-fast-model.ts'
import { driveShortRuns, type ShortRuns } from './drive-short-runs.ts'
import { type Freed, freeParked } from './free-parked.ts'
import { type DayLater, letADayPass } from './let-a-day-pass.ts'
import { type InspectedNode, lookAtNodes, type NodeLook, sumOf } from './look-at-node.ts'
import { bytesOf, growthPerRun, readStorage, type TableSize, vacuum } from './storage.ts'
import { takeTurns } from './take-turns.ts'

export interface ClusterBenchOptions {
  readonly scratch: Pick<Scratch, 'folder' | 'temporary'>
  readonly nodes: number
  /** Short runs, over all nodes. */
  readonly runs: number
  /** Runs that wait for a larger budget meanwhile, over all nodes. */
  readonly parked: number
  /** Short runs at the same time, over all nodes. */
  readonly together: number
  /** Short runs before anything is measured. */
  readonly warmUp: number
  /** After so many short runs everything is looked at. */
  readonly portion: number
  /** Let runs become a day old in the end, and be packed. */
  readonly dayLater: boolean
  readonly progress: (text: string) => void
}

export interface ClusterBenchResult {
  readonly parked: {
    readonly runs: number
    readonly heapBytesPerRun: number
    readonly memoryBytesPerRun: number
    /** By how much the heap was smaller when none waited any more than with them after the last short run. */
    readonly heapBytesPerFreedRun: number
  } & Freed
  readonly short: ShortRuns & {
    readonly together: number
    /** Runs that were asked for and are not stored as completed. */
    readonly lost: number
    /** How many of all runs each node executed, the most first. */
    readonly shares: readonly number[]
    readonly tableBytesPerRun: number
    readonly tables: readonly TableSize[]
  }
  /** Of each node before anything was parked, and when nothing waits any more. */
  readonly before: readonly NodeLook[]
  readonly end: readonly NodeLook[]
  readonly dayLater: DayLater | null
  /** Version of Postgres. */
  readonly postgres: string
}

/** Time of doing short runs; one of two slow cores does about 4,000 in it. */
const LIMIT_MS = 600_000
/** Into so many events the model's streamed answers are cut. */
const PIECES = 4
/** Runs that stay parked from before anything is measured. */
const PARKED_BEFORE = 60
/** Every which of the parked runs is resumed in the end. */
const RESUMED_PART = 10

const SHORT = { agent_sequence: ['spec'] }
/** A call brings 1,000 tokens: the second one has to wait. */
const STOPS = { budget: { max_tokens: 1_000 } }

/** Measures what many short runs through several nodes leave behind, while others wait all the time. */
export async function benchCluster(options: ClusterBenchOptions): Promise<ClusterBenchResult> {
  const model = await startFastModel({ pieces: PIECES })
  try {
    const cluster = await startCluster(options.scratch, {
      nodes: options.nodes,
      nodeArguments: ['--inspect=127.0.0.1:0'],
      environment: {
        OPENAI_BASE_URL: `${model.url}/v1`,
        OPENAI_API_KEY: 'sk-scripted-model-key',
        CODEX_MODEL: 'openai:scripted',
        MAX_CONCURRENT_REQUESTS: String(options.together),
        MAX_QUEUED_REQUESTS: '100000',
        // while runs go nothing is packed; in the end everything is
        CODEX_COMPACT_AFTER_HOURS: 'never',
      },
    })
    try {
      return await measure(cluster, model, options)
    } finally {
      await cluster.dispose()
    }
  } finally {
    await model.stop()
  }
}

async function measure(cluster: Cluster, model: FastModel, options: ClusterBenchOptions): Promise<ClusterBenchResult> {
  const { progress, runs, together, portion } = options
  const servers = cluster.nodes.slice()
  const nodes: InspectedNode[] = []
  const pool = new Pool({ connectionString: cluster.databaseUrl, max: 2, application_name: 'bench' })
  pool.on('error', () => {}) // told by the next query
  const short = servers.map(({ url }) => createRunClient(url, 'answers', SHORT))
  const stopping = servers.map(({ url }) => createRunClient(url, 'answers', STOPS))
  try {
    for (const server of servers) nodes.push({ server, inspector: await inspectProcess(server.output()) })
    const [shortTurn, parkedTurn] = [takeTurns(short), takeTurns(stopping)]
    const runShort = () => shortTurn().orchestrate()
    const park = (count: number) => parkRuns(() => parkedTurn().start(), pool, count)
    await model.setLatency(0)

    progress('warming up')
    await drive(runShort, { count: options.warmUp, concurrency: together, limitMs: LIMIT_MS })
    const parkedBefore = await park(Math.min(PARKED_BEFORE, options.parked))
    const before = await lookAtNodes(nodes)
    progress(`parking ${options.parked} runs`)
    const ids = [...(await park(options.parked)), ...parkedBefore]
    const parked = await lookAtNodes(nodes)

    await vacuum(pool, 'plain')
    const [storedBefore, completedBefore] = [await readStorage(pool), await countCompleted(pool)]
    const { postmasterPid } = cluster
    const driven = await driveShortRuns({
      ...{ run: runShort, amount: runs, portion, concurrency: together, limitMs: LIMIT_MS },
      ...{ nodes, postmasterPid, pool, progress },
    })
    await vacuum(pool, 'plain')
    const stored = await readStorage(pool)
    const completed = (await countCompleted(pool)) - completedBefore

    progress('resuming and cancelling parked runs')
    const client = takeTurns(short)
    const freed = await freeParked({ ids, resume: Math.ceil(ids.length / RESUMED_PART), client, pool })
    const end = await lookAtNodes(nodes)
    const shares = await readShares(pool)
    if (options.dayLater) progress('packing what has ended')
    const dayLater = options.dayLater ? await letADayPass(cluster, pool) : null
    const { rows } = await pool.query<{ server_version: string }>('SHOW server_version')
    const each = (figure: 'heapBytes' | 'memoryBytes') =>
      (sumOf(parked, figure) - sumOf(before, figure)) / Math.max(1, options.parked)
    return {
      parked: {
        runs: options.parked,
        heapBytesPerRun: each('heapBytes'),
        memoryBytesPerRun: each('memoryBytes'),
        heapBytesPerFreedRun:
          (sumOf(driven.samples.at(-1)?.nodes ?? [], 'heapBytes') - sumOf(end, 'heapBytes')) / ids.length,
        ...freed,
      },
      short: {
        ...driven,
        together,
        lost: driven.count - completed,
        shares,
        tableBytesPerRun: (bytesOf(stored) - bytesOf(storedBefore)) / driven.count,
        tables: growthPerRun(storedBefore, stored, driven.count),
      },
      before,
      end,
      dayLater,
      postgres: rows[0]?.server_version ?? 'unknown',
    }
  } finally {
    for (const { inspector } of nodes) inspector.close()
    for (const client of [...short, ...stopping]) client.close()
    await pool.end()
  }
}

async function countCompleted(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ completed: number }>(
    `SELECT count(*)::int AS completed FROM codex.runs WHERE status = 'completed'`,
  )
  return rows[0]?.completed ?? 0
}

/** As the engine knows it: a run that was resumed counts for the node that ended it. */
async function readShares(pool: Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ runs: number }>(
    `SELECT count(*)::int AS runs FROM dbos.workflow_status WHERE name = 'run' GROUP BY executor_id ORDER BY 1 DESC`,
  )
  return rows.map(({ runs }) => runs)
}
