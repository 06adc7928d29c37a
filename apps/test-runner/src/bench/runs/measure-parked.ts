import type { Pool } from '@codex/core/testing/database'
import type { ProcessInspector } from './inspect-process.ts'
import { parkRuns } from './park-runs.ts'
import type { ProcessUsage } from './process-usage.ts'
import type { RunClient } from './run-client.ts'

/** What a run costs the process while it waits for somebody. */
export interface Parked {
  readonly runs: number
  readonly heapBytesPerRun: number
  readonly memoryBytesPerRun: number
}

const WARM_UP_RUNS = 50

/**
 * Lets runs come to the end of their budgets, where they wait, and looks at the process before and with them.
 * @param client starts runs whose budget lets them make one call and no second one
 */
export async function measureParked(options: {
  readonly client: RunClient
  readonly pool: Pool
  readonly inspector: ProcessInspector
  /** Of the server without its database. */
  readonly usage: () => Promise<ProcessUsage>
  readonly runs: number
}): Promise<Parked> {
  const { client, pool, inspector, usage, runs } = options
  // what a first run leaves (compiled code, connections) is not what a parked one costs
  await parkRuns(client.start, pool, WARM_UP_RUNS)
  const before = await look(inspector, usage)
  await parkRuns(client.start, pool, runs)
  const after = await look(inspector, usage)
  return {
    runs,
    heapBytesPerRun: (after.heapBytes - before.heapBytes) / runs,
    memoryBytesPerRun: (after.memoryBytes - before.memoryBytes) / runs,
  }
}

async function look(inspector: ProcessInspector, usage: () => Promise<ProcessUsage>) {
  const heapBytes = await inspector.heapBytes()
  return { heapBytes, memoryBytes: (await usage()).memoryBytes }
}
