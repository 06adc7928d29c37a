import type { Pool } from '@codex/core/testing/database'
import type { ProcessInspector } from './inspect-process.ts'
import { readUsage } from './process-usage.ts'
import type { RunClient } from './run-client.ts'

/** What a run costs the process while it waits for somebody. */
export interface Parked {
  readonly runs: number
  readonly heapBytesPerRun: number
  readonly memoryBytesPerRun: number
}

const PATIENCE_MS = 90_000
/** Starts that are under way at the same time. */
const LANES = 50

/**
 * Lets runs come to the end of their budgets, where they wait, and looks at the process before and with them.
 * @param client starts runs whose budget lets them make one call and no second one
 */
export async function measureParked(options: {
  readonly client: RunClient
  readonly pool: Pool
  readonly inspector: ProcessInspector
  readonly serverPid: number
  readonly runs: number
}): Promise<Parked> {
  const { client, pool, inspector, serverPid, runs } = options
  // what a first run leaves (compiled code, connections) is not what a parked one costs
  await startAndWait(client, pool, LANES)
  const before = await look(inspector, serverPid)
  await startAndWait(client, pool, runs)
  const after = await look(inspector, serverPid)
  return {
    runs,
    heapBytesPerRun: (after.heapBytes - before.heapBytes) / runs,
    memoryBytesPerRun: (after.memoryBytes - before.memoryBytes) / runs,
  }
}

async function startAndWait(client: RunClient, pool: Pool, runs: number): Promise<void> {
  const ids: string[] = []
  const lane = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) ids.push(await client.start())
  }
  await Promise.all(Array.from({ length: LANES }, () => lane(Math.ceil(runs / LANES))))
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM codex.runs WHERE id = ANY($1) AND status = 'waiting'`,
      [ids],
    )
    if (rows[0]?.waiting === ids.length) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`not all of ${ids.length} runs waited for a larger budget within ${PATIENCE_MS / 1_000} s`)
}

async function look(inspector: ProcessInspector, pid: number) {
  const heapBytes = await inspector.heapBytes()
  return { heapBytes, memoryBytes: (await readUsage(pid)).memoryBytes }
}
