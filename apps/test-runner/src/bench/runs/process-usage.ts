import { readdir, readFile } from 'node:fs/promises'

/** What the kernel counts for processes. */
export interface ProcessUsage {
  readonly cpuMs: number
  /** Memory that is theirs alone or shared in parts (PSS). */
  readonly memoryBytes: number
}

// USER_HZ, which Linux keeps at 100 on every architecture that Node runs on
const MS_PER_TICK = 10

interface Stat {
  readonly parent: number
  readonly ownTicks: number
  /** Of children that have ended and were waited for. */
  readonly endedTicks: number
}

/** Reads the fields of `/proc/<pid>/stat`. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function parseStat(text: string): Stat {
  // the name stands in parentheses and may hold anything
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = (from: number, to: number) => fields.slice(from, to).reduce((sum, field) => sum + Number(field), 0)
  return { parent: Number(fields[1]), ownTicks: ticks(11, 13), endedTicks: ticks(13, 15) }
}

/**
 * CPU time and memory of a process and of what it started; Linux only.
 * @param options.without one of these processes that is left out with what it started in turn, such as the database
 */
export async function readUsage(pid: number, { without }: { readonly without?: number } = {}): Promise<ProcessUsage> {
  const stats = await readStats()
  const members = new Set([pid])
  // children have higher numbers mostly, not always: until nothing is added
  for (let before = 0; before !== members.size; ) {
    before = members.size
    for (const [child, { parent }] of stats) if (members.has(parent) && child !== without) members.add(child)
  }
  let ticks = 0
  let memoryBytes = 0
  for (const member of members) {
    const stat = stats.get(member)
    ticks += (stat?.ownTicks ?? 0) + (stat?.endedTicks ?? 0)
    memoryBytes += await readMemory(member)
  }
  return { cpuMs: ticks * MS_PER_TICK, memoryBytes }
}

async function readStats(): Promise<ReadonlyMap<number, Stat>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null) // gone meanwhile
      return text === null ? [] : [[Number(pid), parseStat(text)] as const]
    }),
  )
  return new Map(entries.flat())
}

async function readMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '') // gone, or not ours to read
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1_024
}
