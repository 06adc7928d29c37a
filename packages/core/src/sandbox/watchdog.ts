import type { DiskMeter } from './disk-meter.ts'
import { createMemoryMeter } from './memory-meter.ts'
import type { ProcessSampler } from './process-sampler.ts'
import type { ProcessTree } from './process-tree.ts'
import type { SandboxLimitName, SandboxLimits } from './sandbox.ts'

export interface WatchdogOptions {
  readonly tree: ProcessTree
  readonly limits: SandboxLimits
  readonly disk: DiskMeter
  readonly sampler: ProcessSampler
  readonly onLimit: (limit: SandboxLimitName) => void
}

export interface Watchdog {
  peakMemoryBytes(): number
  /** Ends the watching; resolves when a look under way has finished. */
  stop(): Promise<void>
}

const FIRST_LOOK_MS = 30
const LOOK_EVERY_MS = 100
const CLOCK_TICKS_PER_SECOND = 100

/** Looks at a running command every 100 ms and reports each limit that it has passed. */
export function startWatchdog({ tree, limits, disk, sampler, onLimit }: WatchdogOptions): Watchdog {
  const memory = createMemoryMeter(tree, limits.memoryBytes)
  let isStopped = false
  let timer: NodeJS.Timeout
  let looking: Promise<void> = Promise.resolve()

  const look = async () => {
    const rows = await tree.list(sampler)
    if (rows.length > limits.processes) onLimit('processes')
    const cpuTicks = rows.reduce((sum, row) => sum + row.cpuTicks, 0)
    if (cpuTicks / CLOCK_TICKS_PER_SECOND > limits.cpuSeconds) onLimit('cpu')
    if ((await memory.measure(rows)) > limits.memoryBytes) onLimit('memory')
    const diskLimit = await disk.look(rows)
    if (diskLimit !== null) onLimit(diskLimit)
  }
  const schedule = (delayMs: number) => {
    timer = setTimeout(() => {
      looking = look()
        .catch(() => undefined) // a look may fail over what vanishes under it; the next one makes up for it
        .then(() => {
          if (!isStopped) schedule(LOOK_EVERY_MS)
        })
    }, delayMs)
  }
  schedule(FIRST_LOOK_MS)

  return {
    peakMemoryBytes: memory.peakBytes,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await looking
    },
  }
}
